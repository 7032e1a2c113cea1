import { describe, expect, it } from 'vitest';
import { RateMeter } from './rate-meter.js';

/** Adds samples, one a second, of a run that goes from one accepted count to the next. */
function measure(accepted: readonly number[], { attempts = (index: number) => index } = {}): RateMeter {
  const meter = new RateMeter();
  for (const [index, count] of accepted.entries())
    meter.add({ timeMs: 1_000_000 + index * 1000, done: count, attempts: attempts(index) });
  return meter;
}

const steady = (seconds: number, rowsPerSecond: number, from = 0) =>
  Array.from({ length: seconds + 1 }, (_, index) => from + index * rowsPerSecond);

describe('the rate of a task', () => {
  it('is what it is when it does not change', () => {
    const meter = measure(steady(20, 5));
    expect(meter.rowsPerMinute).toBeCloseTo(300);
    expect(meter.secondsFor(50)).toBeCloseTo(10);
  });

  it('is not told before enough was seen', () => {
    expect(new RateMeter().rowsPerMinute).toBeUndefined();
    const meter = measure(steady(1, 5));
    expect(meter.rowsPerMinute).toBeUndefined();
    expect(meter.secondsFor(10)).toBeUndefined();
  });

  it('leaves out the rows of earlier runs', () => {
    const resumed = measure([0, 1000, ...steady(20, 5, 1000)], { attempts: (index) => Math.max(70, 68 + index) });
    expect(resumed.rowsPerMinute).toBeLessThan(310);
    expect(resumed.rowsPerMinute).toBeGreaterThan(250);
  });

  it('follows a change within a minute and is not moved much by one slow second', () => {
    expect(measure([...steady(60, 10), ...steady(60, 1, 601)]).rowsPerMinute).toBeLessThan(140);
    expect(measure([...steady(60, 10), 600, 610]).rowsPerMinute).toBeGreaterThan(560);
  });

  it('gives no time left when no rows come', () => {
    expect(measure(steady(30, 0)).secondsFor(10)).toBeUndefined();
    expect(measure(steady(30, 1)).secondsFor(-1)).toBe(0);
  });

  it('does not mind two looks at the same moment', () => {
    const meter = measure(steady(10, 5));
    meter.add({ timeMs: 1_010_000, done: 90, attempts: 11 });
    expect(meter.rowsPerMinute).toBeCloseTo(300);
  });
});
