import { writeFileSync } from 'node:fs';
import { Type, type Row, type TObject } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { collect, TemporaryFolder } from '../__fixtures__/temporary-folder.js';
import { readFileRows, type FileFormat } from './file-format.js';
import { writeParquet } from './parquet-writer.js';
import { defaultReadOptions } from './read-options.js';
import { writeRows, type OutputFormat } from './write-rows.js';

// A lone surrogate is no text that a file could hold.
const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((value) => Buffer.from(value).toString() === value),
  fc.constantFrom('', '001', '1e5', 'true', '2024-01-31', 'a\r\nb', '"', ' x ', 'null', '\uFEFF', '\u2028'),
);
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

function read(file: string, format: FileFormat): Promise<Row[]> {
  return collect(readFileRows(file, { ...defaultReadOptions(), format }));
}

async function roundTrip(rows: Row[], format: OutputFormat, schema?: TObject): Promise<Row[]> {
  using folder = new TemporaryFolder();
  const file = folder.at(`rows.${format}`);
  expect(await writeRows(rows, { file, format, schema, csv: defaultReadOptions().csv })).toBe(rows.length);
  expect(folder.list()).toEqual([`rows.${format}`]);
  return await read(file, format);
}

describe('rows that are written and read again', () => {
  it('are the same rows in jsonl, whatever JSON they hold', async () => {
    const rows = fc.array(fc.dictionary(text, fc.oneof(json, text, double)));
    await fc.assert(
      fc.asyncProperty(rows, async (rows) => {
        expect(await roundTrip(rows, 'jsonl')).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['json', 'yaml'] as const)('are the same rows in %s', async (format) => {
    const rows = fc.array(fc.dictionary(text, fc.oneof(json, text)), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(rows, async (rows) => {
        using folder = new TemporaryFolder();
        const content = format === 'json' ? JSON.stringify(rows, null, 2) : stringify(rows);
        expect(await read(folder.write(`rows.${format}`, content), format)).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it('are the same texts in csv, with quotes, commas, line breaks and leading zeros', async () => {
    const rows = fc.array(fc.record({ id: text, 'a,"b"': text }), { minLength: 1 });
    const schema = Type.Object({ id: Type.String(), 'a,"b"': Type.String() });
    await fc.assert(
      fc.asyncProperty(rows, async (rows) => {
        expect(await roundTrip(rows, 'csv', schema)).toEqual(rows);
        expect(await roundTrip(rows, 'csv')).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  const schema = Type.Object({
    id: Type.String(),
    count: Type.Integer(),
    score: Type.Number(),
    is_good: Type.Boolean(),
    kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
    note: Type.Union([Type.String(), Type.Null()]),
    tags: Type.Array(Type.String()),
    turns: Type.Array(
      Type.Object({ role: Type.String(), parts: Type.Array(Type.Union([Type.Integer(), Type.Null()])) }),
    ),
    meta: Type.Object({ source: Type.String(), place: Type.Object({ line: Type.Integer() }) }),
    anything: Type.Unknown(),
    mixed: Type.Union([Type.String(), Type.Integer()]),
    labels: Type.Record(Type.String(), Type.Number()),
  });
  const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 });
  const integer = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 2 ** 31, -(2 ** 53) + 1));
  const typedRow = fc.record({
    id: orNull(text),
    count: orNull(integer),
    score: orNull(double),
    is_good: orNull(fc.boolean()),
    kind: orNull(fc.constantFrom('a', 'b')),
    note: orNull(text),
    tags: orNull(fc.array(orNull(text))),
    turns: orNull(fc.array(orNull(fc.record({ role: orNull(text), parts: orNull(fc.array(orNull(integer))) })))),
    meta: orNull(fc.record({ source: orNull(text), place: orNull(fc.record({ line: orNull(integer) })) })),
    anything: json,
    mixed: orNull(fc.oneof(text, integer)),
    labels: orNull(fc.dictionary(text, double)),
  });

  it('are the same rows in parquet: nested, null, empty, of mixed kinds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(typedRow), async (rows) => {
        expect(await roundTrip(rows, 'parquet', schema)).toEqual(rows);
      }),
      { numRuns: 150 },
    );
  });

  it('are the same rows in parquet without a schema, but for fields that are absent, which are null', async () => {
    const row = fc.record({
      a: fc.oneof(json, text),
      b: text,
      c: fc.array(fc.record({ x: fc.integer() }), { minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        const again = await roundTrip(rows, 'parquet');
        expect(again.map(dropNulls)).toEqual(rows.map(dropNulls));
      }),
      { numRuns: 100 },
    );
  });

  it('keep a member called __proto__ in parquet', async () => {
    const rows = [{ a: JSON.parse('{"b": {"__proto__": {"x": 1}, "c": 2}}') as unknown }];
    const [again] = await roundTrip(rows, 'parquet');
    expect(JSON.stringify(again)).toBe(JSON.stringify(rows[0]));
  });

  it('keep the columns of a parquet file that has no rows', async () => {
    using folder = new TemporaryFolder();
    const file = folder.at('none.parquet');
    expect(await writeParquet([], schema, file)).toBe(0);
    expect(await read(file, 'parquet')).toEqual([]);
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(file);
    const metadata = await parquetMetadataAsync(new Uint8Array(bytes).buffer);
    expect(parquetSchema(metadata).children.map(({ element }) => element.name)).toEqual(Object.keys(schema.properties));
  });

  it.each(['jsonl', 'csv', 'json', 'yaml', 'txt'] as const)('are none in an empty file (%s)', async (format) => {
    using folder = new TemporaryFolder();
    const file = folder.at(`empty.${format}`);
    writeFileSync(file, '');
    expect(await read(file, format)).toEqual(format === 'txt' ? [{ text: '' }] : []);
  });
});

/** Without members that are null: a struct column cannot tell an absent member from a null one. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, dropNulls(member)]),
  );
}
