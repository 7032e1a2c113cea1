import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.js';

describe('the clock on the wall', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sleeps for the time given', async () => {
    const woke = systemClock.sleep(500).then(() => systemClock.now());
    await vi.advanceTimersByTimeAsync(500);
    expect(await woke).toBe(1500);
  });

  it('wakes with the reason of its signal and leaves no timer behind', async () => {
    const stop = new AbortController();
    const sleep = systemClock.sleep(500, stop.signal);
    stop.abort(new Error('cancelled'));
    await expect(sleep).rejects.toThrow('cancelled');
    expect(vi.getTimerCount()).toBe(0);
    await expect(systemClock.sleep(500, stop.signal)).rejects.toThrow('cancelled');
  });
});
