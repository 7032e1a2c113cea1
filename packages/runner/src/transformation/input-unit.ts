import { RunError, type Json, type Row } from '@dgt/core';
import { createHash } from 'node:crypto';
import { hashRequest } from '../ledger/request-hash.js';
import type { Shard } from '../shards/shard.js';

/** What one attempt of a transformation works on: a row, or a batch of rows. */
export interface InputUnit {
  /** Its place in the input, from 1. */
  readonly position: number;
  /** The attempt that works on it: its place among the units that the ledger is about. */
  readonly attempt: number;
  /** How many units before it hold the same, where that is known; otherwise the ledger tells. */
  readonly earlier?: number;
  readonly rows: readonly Row[];
  /** The hash of all that it holds. */
  readonly content: Buffer;
  /** What names its rows: the values of the unique key; undefined where they are named by what they hold. */
  readonly uniqueKey: Json | undefined;
}

/** How an input is cut into units. */
export interface UnitOptions {
  /** Rows in a unit; a transformation that works on single rows has 1. */
  readonly size: number;
  /** The column that names a row. */
  readonly uniqueKey: string | undefined;
  /** The part of the input that is worked on, where it is not all of it. */
  readonly shard?: Shard | undefined;
}

/**
 * Cuts rows into units.
 *
 * @param first the position of the first unit.
 * @throws {@link RunError} DGT_UNIQUE_KEY_MISSING
 */
export async function* readUnits(
  rows: AsyncIterable<Row>,
  { size, uniqueKey }: UnitOptions,
  first = 1,
): AsyncGenerator<InputUnit> {
  let position = first;
  let batch: Row[] = [];
  for await (const row of rows) {
    if (uniqueKey !== undefined && (row[uniqueKey] ?? null) === null) {
      const number = (position - 1) * size + batch.length + 1;
      throw new RunError('DGT_UNIQUE_KEY_MISSING', { key: uniqueKey, row: number, seen: Object.keys(row).join(', ') });
    }
    batch.push(row);
    if (batch.length < size) continue;
    yield createUnit(batch, position++, uniqueKey);
    batch = [];
  }
  if (batch.length > 0) yield createUnit(batch, position, uniqueKey);
}

function createUnit(rows: readonly Row[], position: number, uniqueKey: string | undefined): InputUnit {
  const names = uniqueKey === undefined ? undefined : rows.map((row) => row[uniqueKey] as Json);
  return { position, attempt: position, rows, content: hashRequest(rows as readonly Json[]), uniqueKey: names };
}

/**
 * The key that names a unit for life: its unique keys, or else what it holds and how many units before it hold the same. Never
 * its position, so that rows that move cost nothing.
 */
export function nameUnit({ content, uniqueKey, earlier }: InputUnit, countSame: () => number): Buffer {
  if (uniqueKey !== undefined) return hashUniqueKey(uniqueKey);
  const hash = createHash('sha256')
    .update('content')
    .update(content)
    .update(String(earlier ?? countSame()));
  return hash.digest().subarray(0, 16);
}

/** The key that a unit has by the unique keys of its rows. */
export function hashUniqueKey(uniqueKey: Json): Buffer {
  return createHash('sha256').update('key').update(JSON.stringify(uniqueKey)).digest().subarray(0, 16);
}
