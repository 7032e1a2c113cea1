import type { Json } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import type { FinishedAttempt } from '../ledger/records.js';
import type { RunEvent } from '../output/event-log.js';
import type { FindRow } from './attempt.js';

/** Looks up rows of earlier attempts, also of those that are about to be committed. */
export function findRowIn(batch: readonly FinishedAttempt[], ledger: Ledger): FindRow {
  return (attempt, position): Json => {
    const here = batch.find(({ number }) => number === attempt)?.outcomes;
    return here?.find((outcome) => outcome.position === position)?.row ?? ledger.rowAt(attempt, position);
  };
}

/** What events.jsonl says of attempts that were committed together. */
export function describeCommit(batch: readonly FinishedAttempt[]): RunEvent {
  const kinds = batch.flatMap(({ outcomes }) => outcomes.map(({ kind }) => kind));
  return {
    event: 'attempts_committed',
    first: batch[0]?.number,
    last: batch.at(-1)?.number,
    candidates: kinds.length,
    accepted: kinds.filter((kind) => kind === 'accepted').length,
  };
}
