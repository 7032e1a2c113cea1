import { rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { PluginError, Type, type Row, type Rows, type TObject } from '@dgt/core';
import { writeCsv } from './csv-file.js';
import { readFileRows } from './file-format.js';
import { SchemaInference } from './infer-schema.js';
import { writeJsonLines, writeJsonList } from './json-lines.js';
import { writeParquetRows } from './parquet-writer.js';
import { defaultReadOptions, type CsvOptions } from './read-options.js';
import { writeText, writeWholeFile } from './write-whole-file.js';

/** The formats that rows are written in. */
export const outputFormats = ['jsonl', 'json', 'csv', 'parquet'] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** How rows are written. */
export interface WriteOptions {
  readonly file: string;
  readonly format: OutputFormat;
  /**
   * What a row holds; csv and parquet have their columns from here. Without it, or where it has `additionalProperties: true`, the
   * columns that it does not declare come from all of the rows.
   */
  readonly schema?: TObject | undefined;
  readonly csv: CsvOptions;
  /** The spaces before each level of json; without it a row is a line. */
  readonly indent?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes rows to a file that is there whole or not at all, in bounded memory.
 *
 * @throws {@link PluginError} DGT_ROW_UNWRITABLE
 * @returns how many rows were written.
 */
export async function writeRows(rows: Rows<Row>, options: WriteOptions): Promise<number> {
  const { file, format, schema, csv, indent, signal } = options;
  let count = 0;
  const counted = async function* () {
    for await (const row of rows) {
      signal?.throwIfAborted();
      count++;
      yield row;
    }
  };
  await writeWholeFile(file, async (handle) => {
    if (format === 'jsonl') await writeText(handle, writeJsonLines(counted()));
    else if (format === 'json') await writeText(handle, writeJsonList(counted(), { indent }));
    else if (schema !== undefined && schema.additionalProperties !== true)
      await writeTable(counted(), { file, format, schema, csv, handle });
    else await writeTwice(counted(), { file, format, csv, handle, declared: schema });
  });
  return count;
}

interface TableOptions {
  readonly file: string;
  readonly format: 'csv' | 'parquet';
  readonly csv: CsvOptions;
  readonly handle: FileHandle;
}

async function writeTable(rows: AsyncIterable<Row>, options: TableOptions & { schema: TObject }): Promise<void> {
  const { file, format, schema, csv, handle } = options;
  if (format === 'parquet') {
    await writeParquetRows(rows, { schema, file, handle });
    return;
  }
  const columns = Object.keys(schema.properties);
  await writeText(handle, writeCsv(refuseOthers(rows, columns, file), { columns, csv }));
}

/** Rows of an open schema go to disk first: only after the last one is it known which columns there are. */
async function writeTwice(
  rows: AsyncIterable<Row>,
  options: TableOptions & { declared: TObject | undefined },
): Promise<void> {
  const inference = new SchemaInference();
  const spool = `${options.file}.rows.tmp`;
  const watched = async function* () {
    for await (const row of rows) {
      inference.add(row);
      yield row;
    }
  };
  try {
    await writeWholeFile(spool, (handle) => writeText(handle, writeJsonLines(watched())));
    const again = readFileRows(spool, { ...defaultReadOptions(), format: 'jsonl' });
    const { declared } = options;
    const columns = { ...inference.schema.properties, ...declared?.properties };
    await writeTable(again, { ...options, schema: Type.Object(columns) });
  } finally {
    await rm(spool, { force: true });
  }
}

async function* refuseOthers(rows: AsyncIterable<Row>, columns: readonly string[], file: string): AsyncGenerator<Row> {
  const known = new Set(columns);
  let index = 0;
  for await (const row of rows) {
    index++;
    const lost = Object.keys(row).find((key) => !known.has(key));
    if (lost !== undefined) {
      const problem = `"${lost}" is no declared field; declared: ${columns.join(', ')}`;
      throw new PluginError('DGT_ROW_UNWRITABLE', { file, row: index, problem });
    }
    yield row;
  }
}
