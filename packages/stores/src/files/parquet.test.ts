import { readFileSync, writeFileSync } from 'node:fs';
import { Type, type Row } from '@dgt/core';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { collect, TemporaryFolder } from '../__fixtures__/temporary-folder.js';
import { fileBytes } from './byte-source.js';
import { countParquetRows, readParquet } from './parquet-reader.js';
import { writeParquet } from './parquet-writer.js';
import { SchemaInference } from './infer-schema.js';

function read(file: string, skip = 0): AsyncGenerator<Row> {
  return readParquet(fileBytes(file, 'rows.parquet'), { skip: { remaining: skip } });
}

/** Writes a column of a physical and a logical type, as other programs do. */
function writeColumn(file: string, element: Omit<SchemaElement, 'name'>, data: unknown[]): void {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'v', repetition_type: 'OPTIONAL', ...element },
  ];
  parquetWriteFile({ filename: file, schema, columnData: [{ name: 'v', data: data as unknown[] }] });
}

describe('reading parquet', () => {
  const days = 19_753;
  it.each<[string, Omit<SchemaElement, 'name'>, unknown[], unknown[]]>([
    [
      'whole numbers',
      { type: 'INT64' },
      [7n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), null],
      [7, 2 ** 53, '9007199254740993', '-9223372036854775808', null],
    ],
    [
      'decimals',
      { type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18 },
      [1234567890123456789n, -5n, 100n, null],
      ['12345678901234567.89', '-0.05', '1.00', null],
    ],
    ['doubles', { type: 'DOUBLE' }, [0.1, Number.NaN, -1e300], [0.1, null, -1e300]],
    [
      'days',
      { type: 'INT32', converted_type: 'DATE' },
      [days, null, 0, -1],
      ['2024-01-31', null, '1970-01-01', '1969-12-31'],
    ],
    [
      'milliseconds',
      { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
      [1_706_702_400_001n, null],
      ['2024-01-31T12:00:00.001Z', null],
    ],
    [
      'microseconds',
      { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
      [1_706_702_400_000_001n, -1n],
      ['2024-01-31T12:00:00.000001Z', '1969-12-31T23:59:59.999999Z'],
    ],
    [
      'text that looks like numbers',
      { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      ['001', '1e5', '2024-01-31'],
      ['001', '1e5', '2024-01-31'],
    ],
    ['bytes', { type: 'BYTE_ARRAY' }, [new Uint8Array([255, 0]), null], ['/wA=', null]],
  ])('keeps all that is in %s', async (_what, element, data, expected) => {
    using folder = new TemporaryFolder();
    const file = folder.at('rows.parquet');
    writeColumn(file, element, data);
    expect(await collect(read(file))).toEqual(expected.map((v) => ({ v })));
  });

  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4'])('takes what pyarrow compresses with %s', async (codec) => {
    const file = new URL(`../__fixtures__/pyarrow-${codec}.parquet`, import.meta.url).pathname;
    expect(await collect(read(file))).toEqual([
      {
        id: '001',
        big: '4611686018427387905',
        price: ['1.50'],
        at: '2024-01-31T12:00:00.000001Z',
        turns: [{ role: 'user' }],
        labels: { k: 1 },
        nothing: null,
      },
      { id: null, big: 5, price: null, at: null, turns: [], labels: null, nothing: null },
    ]);
  });

  it('says which row holds a number that JSON has not', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('rows.parquet');
    writeColumn(file, { type: 'DOUBLE' }, [1, Number.POSITIVE_INFINITY]);
    await expect(collect(read(file))).rejects.toThrow('rows.parquet: row group 1, row 2: v is Infinity');
  });

  it('says what is wrong with a file that is cut off, empty, or something else', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('rows.parquet');
    await writeParquet([{ a: 'x' }], Type.Object({ a: Type.String() }), file);
    const whole = readFileSync(file);
    for (const content of [whole.subarray(0, -9), Buffer.from(''), Buffer.from('{"a":1}\n')]) {
      writeFileSync(file, content);
      await expect(collect(read(file))).rejects.toThrow(/^rows\.parquet: is not a whole parquet file: /);
    }
    const broken = Buffer.from(whole);
    broken.fill(0xff, 4, 30);
    writeFileSync(file, broken);
    await expect(collect(read(file))).rejects.toThrow(/^rows\.parquet: row group 1: cannot be read: /);
    await expect(collect(read('/nowhere.parquet'))).rejects.toThrow('rows.parquet: cannot be read (ENOENT)');
  });
});

describe('writing parquet', () => {
  const schema = Type.Object({ id: Type.Integer(), text: Type.String() });

  async function* manyRows(count: number, onRow: (index: number) => void = () => {}): AsyncGenerator<Row> {
    for (let id = 0; id < count; id++) {
      onRow(id);
      yield { id, text: `row ${id} ${'x'.repeat(id % 50)}` };
    }
  }

  it('streams row groups: what is read first needs none of the rest, and rows are left out without being read', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('rows.parquet');
    expect(await writeParquet(manyRows(25_000), schema, file)).toBe(25_000);
    expect(await countParquetRows(fileBytes(file))).toBe(25_000);
    const rows = await collect(read(file, 24_998));
    expect(rows.map(({ id }) => id)).toEqual([24_998, 24_999]);
    const middle = read(file, 9_999);
    expect([(await middle.next()).value?.['id'], (await middle.next()).value?.['id']]).toEqual([9_999, 10_000]);
    await middle.return(undefined);
    expect((await collect(read(file))).map(({ id }) => id)).toEqual(Array.from({ length: 25_000 }, (_, id) => id));
    // What the last group holds may be damaged: the first is read by itself.
    const bytes = readFileSync(file);
    const second = Number((await metadataOf(file)).row_groups[1]?.columns[0]?.meta_data?.data_page_offset);
    bytes.fill(0xff, second, second + 64);
    writeFileSync(file, bytes);
    const first = read(file);
    expect((await first.next()).value).toMatchObject({ id: 0 });
    await expect(collect(first)).rejects.toThrow(/^rows\.parquet: row group 2: cannot be read: /);
  });

  it('holds few rows at once', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('rows.parquet');
    let most = 0;
    const base = process.memoryUsage().arrayBuffers;
    await writeParquet(
      manyRows(100_000, (index) => {
        if (index % 5_000 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - base);
      }),
      schema,
      file,
    );
    expect((await metadataOf(file)).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual(Array(10).fill(10_000));
    // A file of all rows takes 4 MB and more.
    expect(most).toBeLessThan(64 << 20);
  });

  it('ends a row group early when its rows are large', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('rows.parquet');
    const text = 'y'.repeat(1 << 20);
    await writeParquet(
      Array.from({ length: 40 }, (_, id) => ({ id, text })),
      schema,
      file,
    );
    expect((await metadataOf(file)).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([16, 16, 8]);
    expect(await collect(read(file))).toHaveLength(40);
  });

  it.each([
    ['a value of another kind', { id: 'one', text: '' }, '"id": expected a whole number of 64 bits, got a string'],
    ['a fraction', { id: 1.5, text: '' }, '"id": expected a whole number of 64 bits, got 1.5'],
    ['a field that was not declared', { id: 1, text: '', more: 1 }, '"more" is no declared field; declared: id, text'],
  ])('refuses %s, and leaves the file that was there', async (_what, row, problem) => {
    using folder = new TemporaryFolder();
    const file = folder.write('rows.parquet', 'as it was');
    await expect(writeParquet([{ id: 1, text: 'x' }, row], schema, file)).rejects.toThrow(
      `${file}: row 2 cannot be written: ${problem}`,
    );
    expect(folder.list()).toEqual(['rows.parquet']);
    expect(folder.read('rows.parquet')).toBe('as it was');
  });

  it('refuses a member of an object that was not declared, naming its place', async () => {
    using folder = new TemporaryFolder();
    const nested = Type.Object({ turns: Type.Array(Type.Object({ role: Type.String() })) });
    const rows = [{ turns: [{ role: 'user' }, { role: 'user', name: 'x' }] }];
    await expect(writeParquet(rows, nested, folder.at('a.parquet'))).rejects.toThrow(
      '"turns[1].name" is no declared field',
    );
  });

  it('holds a column that is null in every row', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('a.parquet');
    const columns = Type.Object({ a: Type.String(), b: Type.Null(), c: Type.Optional(Type.Array(Type.Integer())) });
    await writeParquet([{ a: null }, {}], columns, file);
    expect(await collect(read(file))).toEqual([
      { a: null, b: null, c: null },
      { a: null, b: null, c: null },
    ]);
  });
});

describe('the schema of rows that declare none', () => {
  it('is what all of them have in common, not what the first one has', () => {
    const inference = new SchemaInference();
    for (const row of [{ a: 1, b: null }, { a: 1.5, b: 'x', c: [null] }, { a: 2, c: [{ d: true }], e: 1 }, { e: 'x' }])
      inference.add(row);
    const { properties } = inference.schema;
    expect(JSON.parse(JSON.stringify(properties))).toEqual({
      a: { type: 'number' },
      b: { type: 'string' },
      c: { type: 'array', items: { type: 'object', properties: { d: { type: 'boolean' } } } },
      e: {},
    });
  });

  it('takes an object with very many keys for a map', () => {
    const inference = new SchemaInference();
    inference.add({ counts: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index])) });
    expect(JSON.parse(JSON.stringify(inference.schema.properties))).toEqual({ counts: {} });
  });
});

async function metadataOf(file: string) {
  const { parquetMetadataAsync } = await import('hyparquet');
  return parquetMetadataAsync(new Uint8Array(readFileSync(file)).buffer);
}
