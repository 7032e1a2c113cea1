import { ConfigError } from '@dgt/core';
import { closeSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { findJsonError } from '../validators/find-json-error.js';

/** One record of a file, with the line that it stands on, from 1. */
export interface FileRecord {
  readonly value: unknown;
  readonly line: number;
}

/** The bytes of a file that are read; all of them without a limit. */
export interface RecordFileOptions {
  /** @unit bytes */
  readonly length?: number;
}

/** Files whose lines are no records, though they could be taken for text. */
const tables = new Set(['.csv', '.tsv', '.parquet', '.arrow']);

/**
 * Reads the records of a file one after the other, in little memory: of `.jsonl` each line, of `.json` the items of its list, of any
 * other file each line as text. Empty lines are left out.
 *
 * @throws {@link ConfigError} DGT_FILE_UNREADABLE
 */
export function* readRecords(path: string, options: RecordFileOptions = {}): Generator<FileRecord> {
  const kind = extname(path).toLowerCase();
  if (kind === '.json') return yield* readList(path, options);
  if (tables.has(kind)) throw unreadable(path, `${kind.slice(1)} is not read here: write its rows as jsonl`, undefined);
  for (const { line, number } of readLines(path, options)) {
    const text = line.trim();
    if (text !== '') yield { value: kind === '.jsonl' ? parse(path, text, number) : text, line: number };
  }
}

/** The bytes of a file, in pieces that are good until the next one is asked for. */
export function* readPieces(path: string, { length = Infinity }: RecordFileOptions = {}): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(2 ** 18);
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    for (let left = length; left > 0;) {
      const wanted = Math.min(left, buffer.length);
      const count = attempt(path, () => readSync(file, buffer, 0, wanted, null));
      if (count === 0) return;
      left -= count;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

function* readLines(path: string, options: RecordFileOptions): Generator<{ line: string; number: number }> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let number = 1;
  for (const piece of readPieces(path, options)) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) yield { line, number: number++ };
  }
  yield { line: rest + decoder.end(), number };
}

function* readList(path: string, options: RecordFileOptions): Generator<FileRecord> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for (const piece of readPieces(path, options)) text += decoder.write(piece);
  const value = parse(path, text, 1);
  for (const [index, item] of (Array.isArray(value) ? value : [value]).entries())
    yield { value: item, line: index + 1 };
}

function parse(path: string, text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const found = findJsonError(text);
    const place = `line ${line + (found?.line ?? 1) - 1}, column ${found?.column ?? 1}`;
    throw unreadable(path, `not JSON: ${found?.problem ?? 'unknown'} (${place})`, error);
  }
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

function unreadable(file: string, reason: string, cause: unknown): ConfigError {
  return new ConfigError('DGT_FILE_UNREADABLE', { file, reason }, { cause });
}
