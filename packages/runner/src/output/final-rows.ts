import type { Row } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import type { StoredOutcome } from '../ledger/outcome.js';

/** The rows of the dataset as it stands, to be read as often as needed. */
export interface FinalRows extends Iterable<Row> {
  /** The same as JSON. */
  readonly texts: Iterable<string>;
  readonly count: number;
  /** How many accepted rows they were chosen from. */
  readonly chosenFrom: number;
}

/** The first accepted rows, read from the ledger one after the other. */
export function readAcceptedRows(ledger: Ledger, count: number): FinalRows {
  return readAcceptedRange(ledger, 0, count);
}

/** The accepted rows from one number up to another, counted from 0. */
export function readAcceptedRange(ledger: Ledger, first: number, last: number): FinalRows {
  const read = function* <T>(take: (outcome: StoredOutcome) => T): Generator<T> {
    if (last === first) return;
    const after = ledger.outcomeIdOf(first) ?? 0;
    const upTo = ledger.outcomeIdOf(last) ?? Number.MAX_SAFE_INTEGER;
    for (const outcome of ledger.outcomes({ after, upTo })) if (outcome.kind === 'accepted') yield take(outcome);
  };
  return {
    count: last - first,
    chosenFrom: last,
    texts: { [Symbol.iterator]: () => read(({ rowText }) => rowText) },
    [Symbol.iterator]: () => read(({ row }) => row as Row),
  };
}
