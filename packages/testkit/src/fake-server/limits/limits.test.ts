import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FakeServerOptions } from '../options.js';
import { startFakeServer, type FakeServer } from '../server.js';
import { Capacity } from './capacity.js';
import { findFactor } from './limit-changes.js';
import { RateLimiter } from './rate-limiter.js';

describe('rate limits', () => {
  it('never let more through in any minute than they say, and let through who comes when told', () => {
    const arrivals = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), tokens: fc.integer({ min: 1, max: 50 }) }),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(arrivals, (arrivals) => {
        const limiter = new RateLimiter({ requestsPerMinute: 7, tokensPerMinute: 150 });
        const admitted: { at: number; tokens: number }[] = [];
        let now = 0;
        for (const { afterMs, tokens } of arrivals) {
          now += afterMs;
          const { isAdmitted, waitMs } = limiter.admit({ key: 'k', tokens, now, factor: 1 });
          if (isAdmitted) admitted.push({ at: now, tokens });
          else {
            now += waitMs;
            const again = limiter.admit({ key: 'k', tokens, now, factor: 1 });
            expect(again.isAdmitted).toBe(true);
            admitted.push({ at: now, tokens });
          }
          const last = admitted.filter(({ at }) => at > now - 60_000);
          expect(last.length).toBeLessThanOrEqual(7);
          expect(last.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(150);
        }
      }),
    );
  });

  it('count what an answer used in the end', () => {
    const limiter = new RateLimiter({ tokensPerMinute: 100 });
    const first = limiter.admit({ key: 'k', tokens: 90, now: 0, factor: 1 });
    expect(limiter.admit({ key: 'k', tokens: 20, now: 1, factor: 1 })).toMatchObject({
      isAdmitted: false,
      exceeded: 'tokens',
      waitMs: 59_999,
    });
    first.settle(30, 2);
    expect(limiter.admit({ key: 'k', tokens: 20, now: 3, factor: 1 }).isAdmitted).toBe(true);
    // An answer that comes when its request no longer counts changes nothing.
    first.settle(1000, 70_000);
    expect(limiter.admit({ key: 'k', tokens: 100, now: 70_000, factor: 1 }).isAdmitted).toBe(true);
  });

  it('belong to a key', () => {
    const limiter = new RateLimiter({ requestsPerSecond: 1 });
    const ask = (key: string) => limiter.admit({ key, tokens: 0, now: 0, factor: 1 }).isAdmitted;
    expect([ask('a'), ask('a'), ask('b')]).toEqual([true, false, true]);
  });

  it('change when their time comes', () => {
    const changes = [
      { afterMs: 1000, factor: 2 },
      { afterMs: 5000, factor: 0.25 },
    ];
    expect([0, 999, 1000, 4999, 5000].map((elapsed) => findFactor(changes, elapsed))).toEqual([1, 1, 2, 2, 0.5]);
    const limiter = new RateLimiter({ requestsPerMinute: 1 });
    const ask = (now: number) => limiter.admit({ key: 'k', tokens: 0, now, factor: findFactor(changes, now) });
    expect([ask(0), ask(999), ask(1000), ask(1001)].map(({ isAdmitted }) => isAdmitted)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(ask(1002).state.requests).toMatchObject({ limit: 2, remaining: 0 });
  });
});

describe('the places of a server', () => {
  it('go to who came first, and not to who left', async () => {
    const capacity = new Capacity(() => 1);
    expect(capacity.tryTake()).toBe(true);
    const served: string[] = [];
    const leaves: (() => void)[] = [];
    for (const name of ['a', 'b', 'c']) void capacity.take((leave) => leaves.push(leave)).then(() => served.push(name));
    leaves[1]?.();
    for (let count = 0; count < 2; count++) {
      capacity.release();
      await Promise.resolve();
    }
    expect(served).toEqual(['a', 'c']);
  });

  function ask({ url }: FakeServer, index: number): Promise<number> {
    const body = JSON.stringify({ model: 'm', prompt: `prompt ${index}` });
    return fetch(`${url}/v1/completions`, { method: 'POST', body }).then(({ status }) => status);
  }

  /** The answers to those of 6 requests that are not taken in, while the others never end. */
  async function turnAway(options: FakeServerOptions, count: number): Promise<number[]> {
    await using server = await startFakeServer({ faults: { rates: { hang: 1 } }, ...options });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index++) {
      ask(server, index).then(
        (status) => statuses.push(status),
        () => {},
      );
    }
    await expect.poll(() => statuses.length).toBe(count);
    await expect.poll(() => server.report().mostInFlight).toBeGreaterThanOrEqual(6 - count);
    return statuses;
  }

  it('are waited for', async () => {
    await using server = await startFakeServer({ capacity: 2, latency: 1 });
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(server, index)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('are refused as the server is set, when there are none', async () => {
    expect(await turnAway({ capacity: { atOnce: 2, whenFull: 'overloaded' } }, 4)).toEqual([503, 503, 503, 503]);
    expect(await turnAway({ capacity: { atOnce: 4, whenFull: 'rateLimit' } }, 2)).toEqual([429, 429]);
  });

  it('grow when told to', async () => {
    const changes = [{ afterMs: 0, factor: 5 }];
    expect(await turnAway({ capacity: { atOnce: 1, whenFull: 'overloaded' }, changes }, 1)).toEqual([503]);
  });
});
