import { describe, expect, it } from 'vitest';
import { PairTask } from '../__fixtures__/pair-builder.js';
import { acceptedOutcome, TemporaryLedger } from '../__fixtures__/temporary-ledger.js';
import type { FinishedAttempt } from '../ledger/records.js';
import { GenerationWorkload } from './generation-workload.js';

function makeAttempt(number: number, rows: number): FinishedAttempt {
  return { number, outcomes: Array.from({ length: rows }, (_, index) => acceptedOutcome(number, index, { index })) };
}

/** How many attempts a run of 40 rows, two an attempt, opens at once when the ledger holds what it holds. */
function countOpened({ ledger }: TemporaryLedger): number {
  const workload = new GenerationWorkload({
    task: new PairTask({ task_name: 'test/pairs', task_description: '', created_by: '', fields: {} }) as never,
    ledger,
    examples: { batchSize: 2 } as never,
    quota: 40,
    lookahead: 5,
    maxAttempts: 100,
    stallLimits: { maxStalledAttempts: 100, maxStalledRows: 1000, minYield: 0 },
    stallsAfter: 0,
  });
  const lastCommitted = ledger.lastAttempt;
  const state = (openAttempts: number) => ({
    lastAttempt: lastCommitted + openAttempts,
    lastCommitted,
    openAttempts,
    accepted: ledger.acceptedCount,
  });
  let opened = 0;
  while (workload.mayBegin(state(opened))) opened++;
  return opened;
}

describe('the attempts that a generation opens at once', () => {
  it('are as many as its quota takes, by the rows that attempts gave so far', async () => {
    using place = new TemporaryLedger();
    expect(countOpened(place)).toBe(5);
    await place.ledger.commitAttempts([makeAttempt(1, 20)]);
    expect(countOpened(place)).toBe(1);
  });

  it('are not fewer for rows that were adopted, of which an attempt holds many', async () => {
    using place = new TemporaryLedger();
    await place.ledger.adopt({ attempts: [makeAttempt(1, 15), makeAttempt(2, 5)], inputs: [] });
    expect(countOpened(place)).toBe(5);
    await place.ledger.commitAttempts([makeAttempt(3, 10)]);
    expect(countOpened(place)).toBe(1);
  });
});
