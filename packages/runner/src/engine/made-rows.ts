import type { Row } from '@dgt/core';
import { inspect } from 'node:util';
import { rowsPerAttempt } from './stages.js';

/** Whether a value can be read row by row. */
export function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return isObject(value) && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

/**
 * Reads what a builder gives, row by row. It is checked here, since types do not keep a forgotten `return` or a stray null out
 * of it.
 *
 * @param method the author's method, for the message of the error.
 */
export async function readMadeRows(method: string, source: Iterable<unknown> | AsyncIterable<unknown>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of source) {
    if (!isObject(row)) throw new TypeError(`${method} gave ${inspect(row)} as a row`);
    if (rows.length >= rowsPerAttempt) throw new RangeError(`${method} gave more than ${rowsPerAttempt} rows at once`);
    rows.push(row as Row);
  }
  return rows;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
