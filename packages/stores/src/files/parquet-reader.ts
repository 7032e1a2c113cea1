import { DgtError, type Row } from '@dgt/core';
import type { Compressors, FileMetaData, ParquetParsers } from 'hyparquet';
import type { ByteRanges, StoredBytes } from './byte-source.js';
import { dataError, reasonOf, unreadableFile } from './data-error.js';
import { parseExactJson } from './exact-json.js';
import { createRowReader, withoutDecimals } from './parquet-values.js';
import type { FileReadOptions } from './read-options.js';
import { dateText, timeText } from './time-text.js';

/** A row group beyond this size is read in parts where the file says where its pages are. */
const largestPart = 1 << 26;

/**
 * Reads parquet, one row group at a time. Strings stay strings; whole numbers beyond a double and decimals become text, dates
 * ISO text, bytes base64, NaN null.
 */
export async function* readParquet(
  source: StoredBytes,
  { skip, signal }: Pick<FileReadOptions, 'skip' | 'signal'>,
): AsyncGenerator<Row> {
  const { name } = source;
  await using opened = await openParquet(source);
  const { ranges, metadata } = opened;
  const { parquetReadObjects, parquetSchema } = await import('hyparquet');
  const compressors = await loadDecompressors();
  const readRow = createRowReader(parquetSchema(metadata));
  const readable = withoutDecimals(metadata);
  for (const { start, end, group } of planParts(metadata)) {
    signal?.throwIfAborted();
    const left = Math.min(skip.remaining, end - start);
    skip.remaining -= left;
    if (left === end - start) continue;
    const place = `${name}: row group ${group + 1}`;
    const rows = await parquetReadObjects({
      file: ranges,
      metadata: readable,
      rowStart: start + left,
      rowEnd: end,
      compressors,
      parsers,
      utf8: false,
      useOffsetIndex: true,
    }).catch((error: unknown) => {
      // Of a hub that does not answer.
      if (DgtError.isInstance(error)) throw error;
      throw dataError(place, `cannot be read: ${reasonOf(error)}`, error);
    });
    for (const [index, row] of rows.entries()) {
      try {
        yield readRow(row);
      } catch (error) {
        if (error instanceof TypeError)
          throw dataError(`${place}, row ${start + left + index + 1}`, error.message, error);
        throw error;
      }
    }
  }
}

async function loadDecompressors(): Promise<Compressors> {
  const { compressors } = await import('hyparquet-compressors');
  // A page of nulls alone is empty, which not every decompressor expects.
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, decompress]) => [
      codec,
      (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array(0) : decompress(input, length)),
    ]),
  );
}

/** How many rows a parquet file has, from its metadata. */
export async function countParquetRows(source: StoredBytes): Promise<number> {
  await using opened = await openParquet(source);
  return Number(opened.metadata.num_rows);
}

async function openParquet(
  source: StoredBytes,
): Promise<{ ranges: ByteRanges; metadata: FileMetaData } & AsyncDisposable> {
  const { parquetMetadataAsync } = await import('hyparquet');
  let ranges: ByteRanges | undefined;
  try {
    ranges = await source.openRanges();
    const metadata = await parquetMetadataAsync(ranges);
    const opened = ranges;
    return { ranges, metadata, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
  } catch (error) {
    await ranges?.[Symbol.asyncDispose]();
    const failure = unreadableFile(source.name, error);
    if (failure !== error || DgtError.isInstance(error)) throw failure;
    throw dataError(source.name, `is not a whole parquet file: ${reasonOf(error)}`, error);
  }
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly group: number;
}

/** The rows that are read at once: a row group, or a part of a large one when its pages can be read by themselves. */
function* planParts({ row_groups }: FileMetaData): Generator<Part> {
  let start = 0;
  for (const [group, { num_rows, total_byte_size, columns }] of row_groups.entries()) {
    const rows = Number(num_rows);
    const canBeDivided = columns.every(({ offset_index_offset }) => offset_index_offset !== undefined);
    const parts = canBeDivided ? Math.max(1, Math.ceil(Number(total_byte_size) / largestPart)) : 1;
    const size = Math.ceil(rows / parts);
    for (let at = 0; at < rows; at += size) yield { start: start + at, end: start + Math.min(at + size, rows), group };
    start += rows;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decoder.decode(bytes);
}

/** What hyparquet would make a Date of, and so cut to milliseconds, as text. */
const parsers: ParquetParsers = {
  timestampFromMilliseconds: (millis) => writeTime(millis, 1000n),
  timestampFromMicroseconds: (micros) => writeTime(micros, 1_000_000n),
  timestampFromNanoseconds: (nanos) => writeTime(nanos, 1_000_000_000n),
  dateFromDays: (days?: number | null) => (days === undefined || days === null ? days : dateText(days)),
  stringFromBytes: decode,
  jsonFromBytes: (bytes?: Uint8Array) => bytes && parseExactJson(decoder.decode(bytes)),
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
  uuidFromBytes: (bytes?: Uint8Array) =>
    bytes &&
    Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};

function writeTime(
  count: bigint | null | undefined,
  perSecond: Parameters<typeof timeText>[1],
): string | undefined | null {
  return count === undefined || count === null ? count : timeText(count, perSecond);
}
