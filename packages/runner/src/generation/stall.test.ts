import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../ledger/records.js';
import { StallWatch, type StallLimits } from './stall.js';

const limits: StallLimits = { maxStalledAttempts: 100, maxStalledRows: 1000, minYield: 0.005 };

interface Counts {
  readonly candidates: number;
  readonly accepted: number;
}

function toRecords(counts: readonly Counts[]): AttemptRecord[] {
  let acceptedBefore = 0;
  return counts.map(({ candidates, accepted }, index) => {
    const record = { number: index + 1, candidates, accepted, acceptedBefore };
    acceptedBefore += accepted;
    return record;
  });
}

function watch(counts: readonly Counts[], given: Partial<StallLimits> = {}): StallWatch {
  const stalls = new StallWatch({ ...limits, ...given });
  for (const record of toRecords(counts)) stalls.add(record);
  return stalls;
}

function repeat(count: number, counts: Counts): Counts[] {
  return Array.from({ length: count }, () => counts);
}

describe('a task', () => {
  it('is not stalled before anything happened', () => {
    expect(new StallWatch(limits).reason).toBeUndefined();
  });

  it('is stalled after so many attempts without a row, even when they gave no candidates', () => {
    expect(watch(repeat(99, { candidates: 0, accepted: 0 })).reason).toBeUndefined();
    expect(watch(repeat(100, { candidates: 0, accepted: 0 })).reason).toBe('no new row in the last 100 attempts');
  });

  it('is stalled after so many candidates without a row, however few attempts they took', () => {
    expect(watch([{ candidates: 999, accepted: 0 }]).reason).toBeUndefined();
    expect(watch([{ candidates: 1000, accepted: 0 }]).reason).toBe('no new row in the last 1000 candidates');
  });

  it('starts to count anew with every row', () => {
    const almost = [...repeat(99, { candidates: 10, accepted: 0 }), { candidates: 10, accepted: 1 }];
    expect(watch([...almost, ...almost, ...almost]).reason).toBeUndefined();
  });

  it('is stalled when too few of the last 5000 candidates became rows', () => {
    const poor = repeat(10, { candidates: 500, accepted: 2 });
    expect(watch(poor).reason).toBe('only 20 of the last 5000 candidates became rows');
    expect(watch(repeat(9, { candidates: 500, accepted: 2 })).reason).toBeUndefined();
    expect(watch(repeat(10, { candidates: 500, accepted: 3 })).reason).toBeUndefined();
  });

  it('is not stalled at exactly the smallest yield, nor ever by its yield where none is asked for', () => {
    expect(watch(repeat(10, { candidates: 500, accepted: 2 }), { minYield: 0.004 }).reason).toBeUndefined();
    expect(watch(repeat(100, { candidates: 900, accepted: 1 }), { minYield: 0 }).reason).toBeUndefined();
  });

  it('forgets good times that lie further back than 5000 candidates', () => {
    const good = repeat(10, { candidates: 500, accepted: 500 });
    const poor = repeat(10, { candidates: 500, accepted: 1 });
    expect(watch([...good, ...poor.slice(1)]).reason).toBeUndefined();
    expect(watch([...good, ...poor]).reason).toBe('only 10 of the last 5000 candidates became rows');
  });
});

const history = fc.array(
  fc
    .tuple(fc.oneof(fc.nat(3), fc.nat(900)), fc.oneof(fc.constant(0), fc.nat(20)))
    .map(([candidates, accepted]) => ({ candidates, accepted: Math.min(candidates, accepted) })),
  { maxLength: 80 },
);

const anyLimits = fc.record({
  maxStalledAttempts: fc.integer({ min: 1, max: 30 }),
  maxStalledRows: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 5000, max: 9000 })),
  minYield: fc.constantFrom(0, 0.002, 0.01, 0.1),
});

describe('a run that goes on', () => {
  it('judges as if it had never stopped, wherever it stopped', () => {
    fc.assert(
      fc.property(history, anyLimits, fc.nat(), (counts, given, at) => {
        const records = toRecords(counts);
        const split = at % (records.length + 1);
        const continuous = new StallWatch(given);
        for (const record of records.slice(0, split)) continuous.add(record);
        const resumed = new StallWatch(given, records.slice(0, split).toReversed());
        // What a watch says once it has called a task stalled ends the run; later numbers in it do not matter.
        for (const record of [undefined, ...records.slice(split)]) {
          if (record !== undefined) for (const stalls of [continuous, resumed]) stalls.add(record);
          expect(resumed.reason === undefined).toBe(continuous.reason === undefined);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same reason in the same words when it finds the task stalled', () => {
    fc.assert(
      fc.property(history, anyLimits, (counts, given) => {
        const continuous = new StallWatch(given);
        const records = toRecords(counts);
        for (const [index, record] of records.entries()) {
          continuous.add(record);
          const resumed = new StallWatch(given, records.slice(0, index + 1).toReversed());
          expect(resumed.reason).toBe(continuous.reason);
          if (continuous.reason !== undefined) return;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads only as many attempts as it needs', () => {
    let read = 0;
    function* endless(): Generator<AttemptRecord> {
      for (let number = 1_000_000; number > 0; number--) {
        read++;
        yield { number, candidates: 50, accepted: 50, acceptedBefore: 0 };
      }
    }
    expect(new StallWatch(limits, endless()).reason).toBeUndefined();
    expect(read).toBe(100);
  });
});
