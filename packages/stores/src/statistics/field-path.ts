import { missing, parsePath, type Path, type Row } from '@dgt/core';
import { isRecord } from '../files/json-value.js';
import { readField } from '../read-field.js';

const lengthStep = /^(.+)\.length$/s;

/** A field of rows as people name it: `a.b`, `a[0].b`, and with `.length` behind it how long its text or list is. */
export interface FieldPath {
  readonly text: string;
  /** The value in a row, {@link missing} where there is none. */
  read(row: Row): unknown;
}

/**
 * Parses the name of a field. A field that is really called `length` wins.
 *
 * @throws {@link ConfigError} DGT_PATH_SYNTAX
 */
export function parseFieldPath(text: string): FieldPath {
  const path = parsePath(text);
  const [, whole] = lengthStep.exec(text) ?? [];
  return { text, read: whole === undefined ? (row) => readField(row, path) : readLength(path, parsePath(whole)) };
}

function readLength(path: Path, whole: Path): (row: Row) => unknown {
  return (row) => {
    const value = readField(row, whole);
    return isRecord(value) ? readField(row, path) : (lengthOf(value) ?? missing);
  };
}

/** Characters of a text, items of a list; undefined for what has no length. */
export function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'string' ? countCharacters(value) : undefined;
}

/** Code points, as Python's `len` counts them. */
function countCharacters(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
