import { ConfigError, DgtError, missing, parsePath, readPath, type Path } from '@dgt/core';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { findJsonError } from './find-json-error.js';

/**
 * Reads the texts of a file that rows are compared with: of `.jsonl` and `.json` (a list) the given fields of each record, or
 * all of its texts when none are given; of any other file each line.
 *
 * @throws {@link ConfigError} DGT_FILE_UNREADABLE
 */
export function readReferenceTexts(path: string, fields: readonly string[]): string[] {
  const text = readText(path);
  const paths = fields.map(parsePath);
  const kind = extname(path).toLowerCase();
  if (kind === '.json') return readList(path, text).flatMap((record) => readRecord(record, paths));
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== '');
  if (kind !== '.jsonl') return filled.map(({ line }) => line);
  return filled.flatMap(({ line, number }) => readRecord(parse(path, line, number), paths));
}

/** Stamps of dgt, which say nothing of what a record is about. */
const stamps = new Set(['task_name']);

function readRecord(record: unknown, paths: readonly Path[]): string[] {
  if (typeof record === 'string') return [record];
  if (typeof record !== 'object' || record === null) return [];
  const values =
    paths.length > 0
      ? paths.map((path) => tryRead(record, path))
      : Object.entries(record).map(([key, value]) => (stamps.has(key) ? undefined : (value as unknown)));
  return values.filter((value) => typeof value === 'string');
}

function tryRead(record: object, path: Path): unknown {
  try {
    const value = readPath(record, path);
    return value === missing ? undefined : value;
  } catch (error) {
    // Records of one file may differ; one without the place has no text to compare with.
    if (DgtError.isInstance(error)) return undefined;
    throw error;
  }
}

function readList(path: string, text: string): unknown[] {
  const value = parse(path, text, 1);
  return Array.isArray(value) ? value : [value];
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

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

function unreadable(file: string, reason: string, cause: unknown): ConfigError {
  return new ConfigError('DGT_FILE_UNREADABLE', { file, reason }, { cause });
}
