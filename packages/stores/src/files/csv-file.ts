import { Readable, pipeline } from 'node:stream';
import type { Row } from '@dgt/core';
import { CsvError, type Info } from 'csv-parse';
import type { ByteSource } from './byte-source.js';
import { dataError } from './data-error.js';
import { decodeText } from './decode-text.js';
import type { CsvOptions, FileReadOptions } from './read-options.js';

/**
 * Reads CSV. Every value is text, as the file has it: "001" is no number and no date is guessed. A row with more or fewer
 * values than there are columns is an error.
 */
export async function* readCsv(source: ByteSource, options: FileReadOptions): AsyncGenerator<Row> {
  const { skip, csv, encoding, signal } = options;
  let columns: readonly string[] | undefined;
  for await (const { record, info } of parseRecords(source, { csv, encoding })) {
    signal?.throwIfAborted();
    if (columns === undefined) {
      columns = csv.hasHeader ? readHeader(record, source.name) : record.map((_, index) => `c${index}`);
      if (csv.hasHeader) continue;
    }
    if (record.length !== columns.length) {
      throw dataError(`${source.name}:${info.lines}`, `expected ${columns.length} values, got ${record.length}`);
    }
    if (skip.remaining > 0) skip.remaining--;
    else yield toRow(columns, record);
  }
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

async function* parseRecords(
  source: ByteSource,
  { csv, encoding }: { csv: CsvOptions; encoding: string },
): AsyncGenerator<ParsedRecord> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    delimiter: csv.delimiter ?? (source.name.toLowerCase().endsWith('.tsv') ? '\t' : ','),
    quote: csv.quote,
    escape: csv.quote,
    ltrim: csv.skipInitialSpace,
    record_delimiter: ['\r\n', '\n', '\r'],
    // A quote inside of an unquoted value is a letter like any other, as spreadsheets have it.
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
  });
  // A failed read destroys the parser with its error, which the loop then raises.
  pipeline(Readable.from(decodeText(source, encoding)), parser, () => {});
  try {
    for await (const parsed of parser) yield parsed as ParsedRecord;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw dataError(`${source.name}:${String(error['lines'])}`, `is not CSV: ${error.message}`, error);
  }
}

function readHeader(record: readonly string[], name: string): string[] {
  const columns = record.map((column, index) => (column === '' ? `c${index}` : column));
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw dataError(`${name}:1`, `two columns are called "${twice}"`);
  return columns;
}

function toRow(columns: readonly string[], record: readonly string[]): Row {
  return Object.fromEntries(columns.map((column, index) => [column, record[index]]));
}

/** The text of rows as CSV with a header; what is no text is written as JSON, an absent value and null as nothing. */
export async function* writeCsv(
  rows: Iterable<Row> | AsyncIterable<Row>,
  { columns, csv }: { readonly columns: readonly string[]; readonly csv: CsvOptions },
): AsyncGenerator<string> {
  const { delimiter = ',', quote } = csv;
  const write = (values: readonly unknown[]) =>
    `${values.map((value) => writeValue(value, { delimiter, quote })).join(delimiter)}\n`;
  let piece = csv.hasHeader ? write(columns) : '';
  for await (const row of rows) {
    piece += write(columns.map((column) => (Object.hasOwn(row, column) ? row[column] : undefined)));
    if (piece.length > 1 << 18) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

function writeValue(value: unknown, { delimiter, quote }: { delimiter: string; quote: string }): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isPlain = text !== '' && !text.includes(delimiter) && !text.includes(quote) && !/^\s|[\r\n]|\s$/.test(text);
  return isPlain ? text : `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
}
