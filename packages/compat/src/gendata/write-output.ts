import { extname } from 'node:path';
import { ConfigError, type Row } from '@dgt/core';
import { defaultReadOptions, writeRows, type OutputFormat } from '@dgt/stores/files';

const formats: Readonly<Record<string, OutputFormat>> = {
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.parquet': 'parquet',
};

/**
 * The format of a file of gendata, by its ending.
 *
 * @param option the option that names the file.
 * @throws {@link ConfigError} DGT_OPTION_INVALID
 */
export function readFormat(file: string, option: string): OutputFormat {
  const format = formats[extname(file).toLowerCase()];
  if (format !== undefined) return format;
  const expected = `a file that ends in ${Object.keys(formats).join(', ')}`;
  throw new ConfigError('DGT_OPTION_INVALID', { option, expected, value: JSON.stringify(file) });
}

/** What {@link writeOutput} writes. */
export interface OutputContent {
  readonly rows: AsyncIterable<Row>;
  /** Rows that were made before, which come last unless one of `rows` has their key. */
  readonly earlier: readonly Row[];
  readonly uniqueKey: string;
  readonly columns: readonly string[];
  /** What stands in the column `model` of every row; undefined where each row says it itself. */
  readonly model: string | undefined;
}

/**
 * Writes the output as gendata does: there whole or not at all, in the format that its ending names.
 *
 * @returns how many rows there are.
 */
export function writeOutput(file: string, content: OutputContent): Promise<number> {
  const format = readFormat(file, '--output');
  return writeRows(selectRows(content), { file, format, indent: 4, csv: defaultReadOptions().csv });
}

async function* selectRows({ rows, earlier, uniqueKey, columns, model }: OutputContent): AsyncGenerator<Row> {
  const left = new Map(earlier.map((row) => [JSON.stringify(row[uniqueKey]), row]));
  const select = (row: Row): Row => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
  for await (const row of rows) {
    left.delete(JSON.stringify(row[uniqueKey]));
    yield model === undefined ? select(row) : { ...select(row), model };
  }
  for (const row of left.values()) yield select(row);
}
