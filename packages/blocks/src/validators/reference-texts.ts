import { DgtError, missing, parsePath, readPath, type Path } from '@dgt/core';
import { readRecords } from '../internal/record-file.js';

/**
 * Reads the texts of a file that rows are compared with: of `.jsonl` and `.json` (a list) the given fields of each record, or
 * all of its texts when none are given; of any other file each line.
 *
 * @throws ConfigError DGT_FILE_UNREADABLE
 */
export function readReferenceTexts(path: string, fields: readonly string[]): string[] {
  const paths = fields.map(parsePath);
  return [...readRecords(path)].flatMap(({ value }) => readRecord(value, paths));
}

/** The texts of one record: of these fields, or of all that hold text when there are none. */
export function readRecordTexts(record: object, fields: readonly string[]): string[] {
  return readRecord(record, fields.map(parsePath));
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
