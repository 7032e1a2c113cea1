import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGates } from './__fixtures__/gates.js';
import { mapInOrder } from './ordered-map.js';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('mapping in order', () => {
  it('gives results in the order of the items, in whatever order the work ends', async () => {
    const cases = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 15 })).chain(([count, ahead]) => {
      const items = Array.from({ length: count }, (_, index) => index);
      return fc.tuple(fc.constant(items), fc.constant(ahead), fc.shuffledSubarray(items, { minLength: count }));
    });
    await fc.assert(
      fc.asyncProperty(cases, async ([items, ahead, order]) => {
        const gates = createGates();
        const done = collect(
          mapInOrder(items, ahead, async (item, index) => {
            await gates.wait(item);
            return [item, index];
          }),
        );
        await gates.open(order);
        expect(await done).toEqual(items.map((item) => [item, item]));
      }),
      { numRuns: 50 },
    );
  });

  it('never has more items started than it may look ahead', async () => {
    let started = 0;
    let taken = 0;
    const source = mapInOrder(Array.from({ length: 20 }).keys(), 4, async (item) => {
      started++;
      return item;
    });
    for await (const item of source) {
      expect(started - item).toBeLessThanOrEqual(4);
      taken++;
    }
    expect(taken).toBe(20);
  });

  it('raises an error at its turn, after the results before it', async () => {
    const seen: number[] = [];
    const read = async () => {
      const source = mapInOrder([0, 1, 2, 3], 10, async (item) => {
        if (item >= 2) throw new Error(`item ${item}`);
        return item;
      });
      for await (const item of source) seen.push(item);
    };
    await expect(read()).rejects.toThrow('item 2');
    expect(seen).toEqual([0, 1]);
  });

  it('closes its source when the reader stops', async () => {
    let closed = false;
    function* items() {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        closed = true;
      }
    }
    for await (const item of mapInOrder(items(), 3, async (item) => item)) {
      if (item === 5) break;
    }
    expect(closed).toBe(true);
  });
});
