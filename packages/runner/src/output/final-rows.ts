import type { Row } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';

/** The rows of the dataset as it stands, to be read as often as needed. */
export interface FinalRows extends Iterable<Row> {
  readonly count: number;
  /** How many accepted rows they were chosen from. */
  readonly chosenFrom: number;
}

/** The first accepted rows, read from the ledger one after the other. */
export function readAcceptedRows(ledger: Ledger, count: number): FinalRows {
  return {
    count,
    chosenFrom: count,
    *[Symbol.iterator]() {
      const upTo = ledger.outcomeIdOf(count) ?? Number.MAX_SAFE_INTEGER;
      for (const { kind, row } of ledger.outcomes({ upTo })) if (kind === 'accepted') yield row as Row;
    },
  };
}
