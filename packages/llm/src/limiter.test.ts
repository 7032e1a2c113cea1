import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotLimiter, type Release } from './limiter.js';

const never = new AbortController().signal;

/** Fills a limiter of one slot, lets callers of these ages wait, and gives the order in which they are served. */
async function serveInOrder(ages: readonly number[]): Promise<number[]> {
  const limiter = new SlotLimiter(1);
  const first = await limiter.acquire(-1, never);
  const served: number[] = [];
  const all = ages.map(async (age) => {
    const release = await limiter.acquire(age, never);
    served.push(age);
    release();
  });
  first();
  await Promise.all(all);
  return served;
}

describe('SlotLimiter', () => {
  it('serves the oldest caller first, whoever came first', async () => {
    expect(await serveInOrder([5, 3, 9, 1])).toEqual([1, 3, 5, 9]);
  });

  it('serves any callers by age and never has more at work than it has slots', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 })),
        fc.integer({ min: 1, max: 5 }),
        async (ages, slots) => {
          expect(await serveInOrder(ages)).toEqual([...ages].sort((a, b) => a - b));
          const limiter = new SlotLimiter(slots);
          let most = 0;
          await Promise.all(
            ages.map(async (age) => {
              const release = await limiter.acquire(age, never);
              most = Math.max(most, limiter.used);
              await Promise.resolve();
              release();
            }),
          );
          expect(most).toBe(Math.min(slots, ages.length));
          expect(limiter.used).toBe(0);
        },
      ),
    );
  });

  it('serves callers of one age in the order in which they came', async () => {
    const limiter = new SlotLimiter(0);
    const served: string[] = [];
    const all = ['a', 'b', 'c'].map((name) => limiter.acquire(7, never).then(() => served.push(name)));
    limiter.raise(3);
    await Promise.all(all);
    expect(served).toEqual(['a', 'b', 'c']);
  });

  it('lets a waiting caller go when it is aborted, and gives its slot to the next', async () => {
    const limiter = new SlotLimiter(1);
    const release = await limiter.acquire(0, never);
    const controller = new AbortController();
    const aborted = limiter.acquire(1, controller.signal);
    const next = limiter.acquire(2, never);
    controller.abort(new Error('stop'));
    await expect(aborted).rejects.toThrow('stop');
    release();
    await expect(next).resolves.toBeTypeOf('function');
    expect(limiter.used).toBe(1);
  });

  it('refuses a caller whose signal is already aborted', async () => {
    await expect(new SlotLimiter(1).acquire(0, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('counts a slot that is given back twice once', async () => {
    const limiter = new SlotLimiter(2);
    const releases: Release[] = [await limiter.acquire(0, never), await limiter.acquire(0, never)];
    releases[0]?.();
    releases[0]?.();
    expect(limiter.used).toBe(1);
  });

  it('grows at once and never shrinks', async () => {
    const limiter = new SlotLimiter(1);
    await limiter.acquire(0, never);
    const waiting = limiter.acquire(1, never);
    limiter.raise(2);
    await expect(waiting).resolves.toBeTypeOf('function');
    expect(limiter.raise(1).capacity).toBe(2);
  });
});
