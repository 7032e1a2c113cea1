import { systemClock } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import type { Ending } from '../engine/ending.js';
import { readDuration, writeDuration } from './duration.js';
import { divideLimits, endInTime } from './run-limits.js';

describe('a time', () => {
  it('is read in every unit, and as seconds without one', () => {
    const times = [90, '90s', '90 s', '1.5min', '2h', '1 d'].map(readDuration);
    expect(times).toEqual([90_000, 90_000, 90_000, 90_000, 7_200_000, 86_400_000]);
  });

  it('is written in the largest unit that it is whole in', () => {
    expect([90_000, 7_200_000, 400, 60_000].map(writeDuration)).toEqual(['90 s', '2 h', '0.4 s', '1 min']);
  });
});

describe('the time of a run', () => {
  it('ends it once it is over, also when it is longer than a timer can wait', async () => {
    let now = 0;
    const waits: number[] = [];
    const sleep = (ms: number) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    };
    const ends: Ending[] = [];
    const { signal } = new AbortController();
    await endInTime(30 * 86_400_000, { clock: { now: () => now, sleep }, signal, end: (end) => void ends.push(end) });
    expect(ends).toMatchObject([{ reason: 'budget_exhausted', message: 'max_time (30 d) is over', limit: 'max_time' }]);
    expect(now).toBe(30 * 86_400_000);
    expect(Math.max(...waits)).toBeLessThan(2 ** 31);
  });

  it('is not waited for when the run is over before', async () => {
    const over = new AbortController();
    const ends: Ending[] = [];
    const waiting = endInTime(1e6, { clock: systemClock, signal: over.signal, end: (end) => void ends.push(end) });
    over.abort();
    await waiting;
    expect(ends).toEqual([]);
  });
});

describe('limits of a part', () => {
  it('are its share of those of the whole, but the time', () => {
    const limits = { maxTokens: 100, maxCost: 3, maxTimeMs: 1000, isStrict: true };
    expect(divideLimits(limits, 3)).toEqual({ ...limits, maxTokens: 33, maxCost: 1 });
    const none = { ...limits, maxTokens: undefined, maxCost: undefined };
    expect(divideLimits(none, 3)).toEqual(none);
  });
});
