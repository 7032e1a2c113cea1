import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Row } from '@dgt/core';
import { defaultReadOptions, formatOf, parseExactJson, readFileRows, type FileFormat } from '@dgt/stores/files';
import { indexKey } from './translate.js';

/** Rows that were made before, in files that gendata counts: its own of a run that was cut off, and outputs that were renamed. */
export interface EarlierRows {
  readonly files: readonly string[];
  /** Those that the input has, in its order and with its keys. */
  readonly known: readonly Row[];
  /** Those that the input does not have. */
  readonly others: readonly Row[];
  /** Lines that are no rows of this task: `file:line: what is wrong`. */
  readonly unusable: readonly string[];
}

/** How the files of {@link EarlierRows} are called; any text stands for the star. */
export function nameEarlierFiles(output: string): string {
  return join(dirname(output), `._${basename(output, extname(output))}_*.jsonl`);
}

/** Finds the rows that count as made. Of a key that comes several times the first row counts. */
export async function findEarlierRows(options: {
  readonly input: string;
  readonly output: string;
  readonly uniqueKey: string;
  readonly outputKeys: readonly string[];
}): Promise<EarlierRows> {
  const { uniqueKey } = options;
  const files = await listFiles(options.output);
  const rows = new Map<string, Row>();
  const unusable: string[] = [];
  for (const file of files) await readEarlierFile(file, { ...options, rows, unusable });
  const known: Row[] = [];
  if (rows.size > 0) {
    for await (const key of readKeys(options)) {
      const name = nameKey(key);
      const row = rows.get(name);
      if (row === undefined) continue;
      rows.delete(name);
      known.push({ ...row, [uniqueKey]: key });
    }
  }
  return { files, known, others: [...rows.values()], unusable };
}

async function listFiles(output: string): Promise<string[]> {
  const folder = dirname(output);
  const [start = '', end = ''] = basename(nameEarlierFiles(output)).split('*');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(start) && name.endsWith(end) && name.length >= start.length + end.length)
    .toSorted()
    .map((name) => join(folder, name));
}

async function readEarlierFile(
  file: string,
  {
    uniqueKey,
    outputKeys,
    rows,
    unusable,
  }: {
    readonly uniqueKey: string;
    readonly outputKeys: readonly string[];
    readonly rows: Map<string, Row>;
    readonly unusable: string[];
  },
): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number++;
    if (line.trim() === '') continue;
    const row = parseRow(line);
    const missing = row && [uniqueKey, ...outputKeys].find((key) => !(key in row));
    if (row === undefined) unusable.push(`${file}:${number}: is no JSON object`);
    else if (missing !== undefined) unusable.push(`${file}:${number}: has no "${missing}"`);
    else if (!rows.has(nameKey(row[uniqueKey]))) rows.set(nameKey(row[uniqueKey]), row);
  }
}

async function* readKeys({ input, uniqueKey }: { input: string; uniqueKey: string }): AsyncGenerator<unknown> {
  let index = 0;
  const format = formatOf(input) as FileFormat;
  for await (const row of readFileRows(input, { ...defaultReadOptions(), format }))
    yield uniqueKey === indexKey ? index++ : row[uniqueKey];
}

/** gendata reads texts such as `007` as numbers where it can, and writes them so. */
function nameKey(key: unknown): string {
  if (typeof key !== 'string') return JSON.stringify(key) ?? '';
  const isNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(key);
  return JSON.stringify(isNumber && Number.isSafeInteger(Math.trunc(Number(key))) ? Number(key) : key);
}

function parseRow(line: string): Row | undefined {
  try {
    const value = parseExactJson(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}
