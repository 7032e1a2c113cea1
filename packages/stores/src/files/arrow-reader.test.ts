import * as arrow from '@uwdata/flechette';
import type { Row } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { codecs, compressStream } from '../__fixtures__/compress-arrow.js';
import { collect, TemporaryFolder } from '../__fixtures__/temporary-folder.js';
import { readArrow } from './arrow-reader.js';
import { fileBytes } from './byte-source.js';
import { FlatTable } from './flat-table.js';
import { decompressLz4Frame } from './lz4-frame.js';

type Format = 'stream' | 'file';

/** Columns as the bytes of a file. */
function encode(columns: Record<string, arrow.Column<unknown>>, format: Format = 'stream'): Uint8Array {
  return arrow.tableToIPC(arrow.tableFromColumns(columns), { format }) as Uint8Array;
}

/** A column in batches of so many rows. */
function column(type: arrow.DataType, values: unknown[], batchRows = values.length || 1): arrow.Column<unknown> {
  return arrow.columnFromArray(values, type, { maxBatchRows: batchRows, useBigInt: true });
}

async function read(bytes: Uint8Array, skip = 0): Promise<Row[]> {
  using folder = new TemporaryFolder();
  const file = folder.write('rows.arrow', bytes);
  return await collect(readArrow(fileBytes(file, 'rows.arrow'), { skip: { remaining: skip } }));
}

async function readColumn(type: arrow.DataType, values: unknown[]): Promise<unknown[]> {
  return (await read(encode({ v: column(type, values) }))).map(({ v }) => v);
}

describe('reading Arrow', () => {
  const rows = Array.from({ length: 7 }, (_, id) => ({ id, text: id === 3 ? null : `row ${id} é` }));
  const columns = {
    id: column(
      arrow.int32(),
      rows.map(({ id }) => id),
      2,
    ),
    text: column(
      arrow.utf8(),
      rows.map(({ text }) => text),
      2,
    ),
  };

  it.each(['stream', 'file'] as const)('gives the rows of every batch of a %s, from any on', async (format) => {
    const bytes = encode(columns, format);
    for (let skip = 0; skip <= rows.length + 1; skip++) expect(await read(bytes, skip)).toEqual(rows.slice(skip));
  });

  it.each(Object.entries(codecs))('reads buffers that are compressed with %s', async (_name, codec) => {
    expect(await read(compressStream(encode(columns), codec))).toEqual(rows);
  });

  it('reads a stream that ends without a mark, and one from before version 0.15', async () => {
    const bytes = encode(columns);
    expect(await read(bytes.subarray(0, -8))).toEqual(rows);
    expect(await read(withoutContinuations(bytes))).toEqual(rows);
  });

  it('reads a batch at a time', async () => {
    const bytes = encode({
      v: column(
        arrow.utf8(),
        Array.from({ length: 8 }, () => 'x'.repeat(1 << 20)),
        1,
      ),
    });
    const ranges: number[] = [];
    const source = {
      name: 'large.arrow',
      open: () => [][Symbol.iterator]() as never,
      openRanges: () =>
        Promise.resolve({
          byteLength: bytes.length,
          slice: (start: number, end = bytes.length) => {
            ranges.push(end - start);
            return Promise.resolve(new Uint8Array(bytes.subarray(start, end)).buffer);
          },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
    };
    expect(await collect(readArrow(source, { skip: { remaining: 6 } }))).toHaveLength(2);
    expect(Math.max(...ranges)).toBeLessThan(1 << 21);
    // Of the batches that are left out the head alone.
    expect(ranges.reduce((sum, size) => sum + size, 0)).toBeLessThan(bytes.length + (1 << 21));
  });

  it.each<[string, arrow.DataType, unknown[], unknown[]]>([
    [
      'whole numbers',
      arrow.int64(),
      [1n, -(2n ** 62n), 2n ** 53n - 1n, null],
      [1, '-4611686018427387904', 9007199254740991, null],
    ],
    ['unsigned numbers', arrow.uint64(), [2n ** 64n - 1n], ['18446744073709551615']],
    ['numbers', arrow.float64(), [0.5, Number.NaN, null], [0.5, null, null]],
    ['half numbers', arrow.float16(), [0.5], [0.5]],
    ['truth values', arrow.bool(), [true, null, false], [true, null, false]],
    ['long text', arrow.largeUtf8(), ['a', '', null], ['a', '', null]],
    ['bytes', arrow.binary(), [Uint8Array.of(0, 255), null], ['AP8=', null]],
    ['fixed bytes', arrow.fixedSizeBinary(2), [Uint8Array.of(1, 2)], ['AQI=']],
    ['days', arrow.dateDay(), [new Date('1815-12-10'), null], ['1815-12-10', null]],
    ['days in milliseconds', arrow.dateMillisecond(), [new Date('2024-02-29')], ['2024-02-29']],
    ['seconds', arrow.timestamp(arrow.TimeUnit.SECOND), [1_000], ['1970-01-01T00:00:01.000Z']],
    [
      'a time of a zone',
      arrow.timestamp(arrow.TimeUnit.MICROSECOND, 'Europe/Paris'),
      [-1],
      ['1969-12-31T23:59:59.999Z'],
    ],
    ['times of day, as counts', arrow.timeMillisecond(), [61_000], [61_000]],
    ['durations, as counts', arrow.duration(arrow.TimeUnit.SECOND), [2n ** 60n], ['1152921504606846976']],
    ['decimals', arrow.decimal(10, 2, 128), [12345n, -5n, null], ['123.45', '-0.05', null]],
    ['lists', arrow.list(arrow.int64()), [[1n, 2n ** 60n], [], null], [[1, '1152921504606846976'], [], null]],
    ['long lists', arrow.largeList(arrow.utf8()), [['a'], null], [['a'], null]],
    [
      'fixed lists',
      arrow.fixedSizeList(arrow.int8(), 2),
      [
        [1, 2],
        [3, 4],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'structs',
      arrow.struct({ bytes: arrow.binary(), path: arrow.utf8() }),
      [{ bytes: Uint8Array.of(1), path: null }, null],
      [{ bytes: 'AQ==', path: null }, null],
    ],
    [
      'maps',
      arrow.map(arrow.utf8(), arrow.int32()),
      [
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
        null,
      ],
      [{ a: 1, b: 2 }, null],
    ],
    ['dictionaries', arrow.dictionary(arrow.utf8()), ['x', 'y', null, 'x'], ['x', 'y', null, 'x']],
  ])('gives %s as parquet does', async (_what, type, values, expected) => {
    expect(await readColumn(type, values)).toEqual(expected);
  });

  it('keeps every digit of a time', async () => {
    const nanoseconds = column(arrow.timestamp(arrow.TimeUnit.NANOSECOND), [0, 0]);
    ((nanoseconds.data[0] as arrow.Batch<unknown>).values as BigInt64Array).set([1_700_000_000_123_456_789n, -1n]);
    expect(await read(encode({ v: nanoseconds }))).toEqual([
      { v: '2023-11-14T22:13:20.123456789Z' },
      { v: '1969-12-31T23:59:59.999999999Z' },
    ]);
  });

  it.each<[string, arrow.DataType, unknown[], string]>([
    [
      'a union',
      arrow.union(arrow.UnionMode.Dense, [arrow.int8(), arrow.utf8()]),
      [],
      'column "v" is of Arrow\'s type Union, which is not read',
    ],
    [
      'a union in a list',
      arrow.struct({ w: arrow.list(arrow.interval(arrow.IntervalUnit.YEAR_MONTH)) }),
      [],
      'column "v.w" is of Arrow\'s type Interval, which is not read',
    ],
    [
      'an infinite number',
      arrow.float64(),
      [1, Number.POSITIVE_INFINITY],
      'rows.arrow: record batch 1, row 2: v is Infinity',
    ],
    [
      'a key twice',
      arrow.map(arrow.int8(), arrow.int8()),
      [
        [
          [1, 1],
          [1, 2],
        ],
      ],
      'record batch 1, row 1: v has the key "1" twice',
    ],
  ])('names the column of %s', async (_what, type, values, message) => {
    await expect(readColumn(type, values)).rejects.toThrow(message);
  });

  it('says of what is cut off or something else that it is', async () => {
    const stream = encode(columns);
    const file = encode(columns, 'file');
    for (const bytes of [stream.subarray(0, stream.length - 40), file.subarray(0, file.length >> 1)])
      await expect(read(bytes)).rejects.toThrow(/rows\.arrow.*: cannot be read as Arrow: .*cut off/);
    await expect(read(Buffer.from('{"id":1}\n{"id":2}\n'))).rejects.toThrow('rows.arrow: cannot be read as Arrow: ');
    await expect(read(new Uint8Array(0))).rejects.toThrow('rows.arrow: cannot be read as Arrow: it is too short');
    await expect(read(new Uint8Array(16))).rejects.toThrow('rows.arrow: cannot be read as Arrow: it has no schema');
  });
});

describe('a frame of LZ4', () => {
  /** `abc`, then six bytes from three before, then `z`; a second block that goes on from what the first gave. */
  const blocks = [
    [0x32, 0x61, 0x62, 0x63, 3, 0, 0x10, 0x7a],
    [0x00, 10, 0, 0x10, 0x21],
  ];
  const frame = (flags: number, checksum: number[]) =>
    Buffer.concat(
      [
        [0x04, 0x22, 0x4d, 0x18, flags, 0x40, 0],
        blocks.map((block) => [[block.length, 0, 0, 0], block, checksum]),
        [0, 0, 0, 0],
      ].map((part) => Buffer.from((part as unknown[]).flat(2) as number[])),
    );

  it('gives what its blocks refer to, in those before as well', () => {
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
    expect(text(decompressLz4Frame(frame(0x40, []), 15))).toBe('abcabcabczabca!');
    expect(text(decompressLz4Frame(frame(0x50, [9, 9, 9, 9]), 15))).toBe('abcabcabczabca!');
    expect(() => decompressLz4Frame(frame(0x40, []), 16)).toThrow('15 bytes came of a frame that should hold 16');
    expect(() => decompressLz4Frame(frame(0x40, []), 12)).toThrow(RangeError);
    expect(() => decompressLz4Frame(Uint8Array.of(1, 2, 3, 4), 1)).toThrow('it holds no LZ4 frame');
  });
});

/** The stream as Arrow before version 0.15 wrote it: each message with its length alone before it. */
function withoutContinuations(stream: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset);
  for (let at = 0; at < stream.length;) {
    const length = view.getInt32(at + 4, true);
    if (length === 0) break;
    const metadata = stream.subarray(at + 8, at + 8 + length);
    const bodyBytes = FlatTable.root(metadata).int64(3);
    parts.push(stream.subarray(at + 4, at + 8 + length + bodyBytes));
    at += 8 + length + bodyBytes;
  }
  return Buffer.concat([...parts, new Uint8Array(4)]);
}
