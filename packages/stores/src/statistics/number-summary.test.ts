import { array, assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSummary } from './number-summary.js';

function summarise(values: Iterable<number>) {
  const summary = new NumberSummary();
  for (const value of values) summary.add(value);
  return summary.report();
}

describe('the summary of numbers', () => {
  it('is what NumPy says of them', () => {
    expect(summarise([1, 2, 3, 4, 10])).toMatchObject({
      count: 5,
      sum: 20,
      mean: 4,
      min: 1,
      max: 10,
      // numpy.std(..., ddof=1), numpy.quantile
      std_dev: 3.5355339059327378,
      quantiles: { p5: 1.2, p25: 2, p50: 3, p75: 4, p95: expect.closeTo(8.8, 10) as number },
      quantiles_are: 'exact',
    });
    expect(summarise([])).toBeUndefined();
    expect(summarise([7])).toMatchObject({ std_dev: 0, quantiles: { p1: 7, p99: 7 } });
  });

  it('adds many small numbers up without losing what lies behind the comma', () => {
    const { sum } = summarise(Array.from({ length: 100_000 }, () => 0.1)) ?? {};
    expect(sum).toBe(10_000);
  });

  it('is at most 1 % off once there are too many numbers to keep them all, and says so', () => {
    const count = 200_000;
    // Every number from 1 to the count once, in an order that is not theirs.
    const values = Array.from({ length: count }, (_, index) => ((index * 7919) % count) + 1);
    const { quantiles, quantiles_are: are, histogram, mean } = summarise(values) ?? {};
    expect(are).toBe('within 1 %');
    expect(mean).toBe((count + 1) / 2);
    for (const [share, value] of [
      [0.01, quantiles?.p1],
      [0.5, quantiles?.p50],
      [0.99, quantiles?.p99],
    ] as const)
      expect(Math.abs((value ?? 0) - share * count) / (share * count)).toBeLessThan(0.0101);
    expect(histogram?.reduce((sum, { count: held }) => sum + held, 0)).toBe(count);
  });

  it('counts every number in one bin of readable edges', () => {
    const holds = property(array(double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const { histogram = [] } = summarise(values) ?? {};
      expect(histogram.length).toBeLessThanOrEqual(20);
      expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    });
    assert(holds, { examples: [[[0, Number.MIN_VALUE]], [[-Number.MAX_VALUE, Number.MAX_VALUE]]] });
    expect(summarise([3, 17, 98])?.histogram.map(({ from }) => from)).toEqual(
      Array.from({ length: 20 }, (_, index) => index * 5),
    );
    expect(summarise([1, 2, 2, 5])?.histogram).toEqual([
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 3, count: 2 },
      { from: 3, to: 4, count: 0 },
      { from: 4, to: 5, count: 0 },
      { from: 5, to: 6, count: 1 },
    ]);
    expect(summarise([0.1, 0.25, 0.3])?.histogram[0]).toEqual({ from: 0.1, to: 0.12, count: 1 });
  });
});
