import type { Row } from '@dgt/core';
import { dataError, reasonOf } from '../files/data-error.js';
import { describeKind, isRecord, toJsonValue } from '../files/json-value.js';

/** How rows of a user's code are read. */
export interface GivenRowsOptions {
  /** What gives them, for errors. */
  readonly name: string;
  readonly skip?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows that a user's code gives, as JSON: a list, an iterator, an async generator, or a promise of one.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID for what is no row, and for what the code throws.
 */
export async function* readGivenRows(
  give: () => unknown,
  { name, skip = 0, signal }: GivenRowsOptions,
): AsyncGenerator<Row> {
  let index = 0;
  try {
    const rows = await give();
    if (!isIterable(rows)) throw new NotRows(`returned ${describeKind(rows)}, not rows to iterate over`);
    for await (const row of rows) {
      signal?.throwIfAborted();
      index++;
      if (index > skip) yield toRow(row);
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const place = index === 0 ? name : `${name}: row ${index}`;
    throw dataError(place, error instanceof NotRows ? error.message : `threw after it: ${reasonOf(error)}`, error);
  }
}

class NotRows extends Error {}

function toRow(row: unknown): Row {
  if (!isRecord(row)) throw new NotRows(`is ${describeKind(row)}, not an object`);
  try {
    return toJsonValue(row) as Row;
  } catch (error) {
    throw new NotRows(`cannot be written as JSON: ${reasonOf(error)}`, { cause: error });
  }
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}
