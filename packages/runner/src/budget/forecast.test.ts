import { createRandom } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastTask, type AttemptSample, type Estimate } from './forecast.js';

function attempt(changes: Partial<AttemptSample> = {}): AttemptSample {
  const usual = {
    calls: 10,
    tries: 10,
    promptTokens: 1000,
    completionTokens: 500,
    cost: 0.01,
    accepted: 8,
    candidates: 10,
  };
  return { ...usual, callMs: 20_000, ...changes };
}

describe('a forecast of rows', () => {
  it('is what the sample took for each row, times the rows', () => {
    const forecast = forecastTask({
      attempts: [attempt(), attempt({ accepted: 6 }), attempt({ promptTokens: 1300 })],
      wanted: { rows: 220 },
      callsAtOnce: 5,
    });
    expect(forecast.yield.expected).toBeCloseTo(22 / 30);
    expect(forecast.rows).toEqual({ expected: 220, low: 220, high: 220 });
    expect(forecast.calls.expected).toBeCloseTo(300);
    expect(forecast.promptTokens.expected).toBeCloseTo(33_000);
    expect(forecast.cost?.expected).toBeCloseTo(0.3);
    expect(forecast.timeMs.expected).toBeCloseTo(600_000 / 5);
  });

  it('has an interval even where attempts are all alike, since the yield is only seen in a few candidates', () => {
    const { calls } = forecastTask({ attempts: [attempt(), attempt()], wanted: { rows: 800 }, callsAtOnce: 1 });
    expect(calls.expected).toBeCloseTo(1000);
    expect(calls.low).toBeGreaterThan(800);
    expect(calls.low).toBeLessThan(950);
    expect(calls.high).toBeGreaterThan(1100);
  });

  it('never takes fewer candidates than rows', () => {
    const all = attempt({ accepted: 10 });
    const { calls } = forecastTask({ attempts: [all, all], wanted: { rows: 100 }, callsAtOnce: 1 });
    expect(calls).toMatchObject({ expected: 100, low: 100 });
    expect(calls.high).toBeGreaterThan(110);
  });

  it('says only what it is going to take at least when no row was accepted', () => {
    const none = attempt({ accepted: 0 });
    const forecast = forecastTask({ attempts: [none, none], wanted: { rows: 100 }, callsAtOnce: 1 });
    expect(forecast.yield).toMatchObject({ expected: 0, low: 0 });
    expect(forecast.calls).toMatchObject({ expected: undefined, high: undefined });
    expect(forecast.calls.low).toBeGreaterThan(700);
    const nothing = attempt({ accepted: 0, candidates: 0 });
    expect(forecastTask({ attempts: [nothing], wanted: { rows: 1 }, callsAtOnce: 1 }).calls).toEqual({
      expected: undefined,
      low: 0,
      high: undefined,
    });
  });

  it('has no cost where one price is not known, and a cost of nothing where models are free', () => {
    const of = (costs: (number | undefined)[]) =>
      forecastTask({ attempts: costs.map((cost) => attempt({ cost })), wanted: { rows: 10 }, callsAtOnce: 1 }).cost;
    expect(of([0.1, undefined])).toBeUndefined();
    expect(of([0, 0])).toEqual({ expected: 0, low: 0, high: 0 });
  });
});

describe('a forecast of attempts', () => {
  it('is the mean attempt, times the attempts, with the rows that come of them', () => {
    const attempts = [attempt(), attempt({ calls: 14, candidates: 10, accepted: 2 })];
    const forecast = forecastTask({ attempts, wanted: { attempts: 50 }, callsAtOnce: 1 });
    expect(forecast.calls.expected).toBeCloseTo(600);
    expect(forecast.rows.expected).toBeCloseTo(250);
    expect(forecast.rows.high).toBeLessThanOrEqual(500);
  });
});

describe('the intervals of a forecast', () => {
  const bounds = (estimate: Estimate): readonly (readonly [number, number])[] => {
    const { expected = estimate.low, low, high = Number.POSITIVE_INFINITY } = estimate;
    const slack = 1 + 1e-9;
    return [
      [low, expected * slack],
      [expected, high * slack],
    ];
  };

  it('hold the expected figure, and are finite when a row was accepted', () => {
    const sample = fc
      .record({
        calls: fc.integer({ min: 1, max: 50 }),
        promptTokens: fc.integer({ min: 0, max: 10_000 }),
        completionTokens: fc.integer({ min: 0, max: 10_000 }),
        candidates: fc.integer({ min: 0, max: 50 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ share, ...rest }) => attempt({ ...rest, accepted: Math.floor(share * rest.candidates) }));
    const wanted = fc.oneof(
      fc.integer({ min: 1, max: 1e6 }).map((rows) => ({ rows })),
      fc.integer({ min: 1, max: 1e6 }).map((attempts) => ({ attempts })),
    );
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), wanted, (attempts, wanted) => {
        const { cost, ...estimates } = forecastTask({ attempts, wanted, callsAtOnce: 4 });
        for (const estimate of [...Object.values(estimates), cost as Estimate]) {
          for (const [smaller, larger] of bounds(estimate)) expect(smaller).toBeLessThanOrEqual(larger);
          if (attempts.some(({ accepted }) => accepted > 0))
            expect(estimate.high).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  it('get narrower with more attempts', () => {
    const width = (count: number) => {
      const attempts = Array.from({ length: count }, (_, index) => attempt({ accepted: 6 + (index % 3) }));
      const { low, high = Number.NaN } = forecastTask({ attempts, wanted: { rows: 1e5 }, callsAtOnce: 1 }).calls;
      return high / low;
    };
    expect(width(3)).toBeGreaterThan(width(12));
    expect(width(12)).toBeGreaterThan(width(100));
  });

  // A lone attempt cannot tell how much attempts differ.
  it.each([
    [1, 0.8],
    [2, 0.87],
    [3, 0.87],
    [8, 0.87],
  ])('hold what a task took, from %i attempts, in at least %f of all cases', (size, share) => {
    const random = createRandom(`forecast ${size}`);
    const draw = (): AttemptSample => {
      const rate = 0.5 + 0.3 * random.next();
      const accepted = Array.from({ length: 20 }, () => random.next() < rate).filter(Boolean).length;
      const tokens = Array.from({ length: 20 }, () => 50 + 250 * random.next()).reduce((sum, count) => sum + count);
      return attempt({ calls: 20, candidates: 20, accepted, completionTokens: tokens });
    };
    let held = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const attempts = Array.from({ length: size }, draw);
      const { completionTokens } = forecastTask({ attempts, wanted: { rows: 500 }, callsAtOnce: 1 });
      let [rows, used] = [0, 0];
      while (rows < 500) {
        const made = draw();
        rows += made.accepted;
        used += made.completionTokens;
      }
      if (completionTokens.low <= used && used <= (completionTokens.high ?? 0)) held++;
    }
    expect(held / trials).toBeGreaterThan(share);
  });
});
