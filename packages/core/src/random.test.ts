import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from './random.js';

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

describe('a random stream', () => {
  it('is the same for the same name, on every machine and in every version', () => {
    expect(take(createRandom('7/a1'), 50)).toEqual(take(createRandom('7/a1'), 50));
    const random = createRandom('7/a1');
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toMatchInlineSnapshot(`
      [
        109,
        130,
        117,
      ]
    `);
  });

  it('differs between names, however alike', () => {
    const names = Array.from({ length: 2000 }, (_, index) => `7/a1.${index}`);
    const firsts = names.map((name) => createRandom(name).next());
    expect(new Set(firsts).size).toBe(names.length);
    expect(createRandom('').next()).not.toBe(createRandom(' ').next());
  });

  it('is even over its range, along one stream and across the first numbers of many', () => {
    const along = createRandom('even');
    const draws = {
      along: Array.from({ length: 10_000 }, () => along.integer(10)),
      across: Array.from({ length: 10_000 }, (_, index) => createRandom(`0/a.${index}`).integer(10)),
    };
    for (const drawn of Object.values(draws)) {
      const counts = Array.from({ length: 10 }, (_, digit) => drawn.filter((number) => number === digit).length);
      // Chi-squared with 9 degrees of freedom: above 27.9 once in a thousand even streams.
      const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
      expect(chiSquared).toBeLessThan(27.9);
    }
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 31 }), (name, limit) => {
        const random = createRandom(name);
        const number = random.next();
        expect(number >= 0 && number < 1).toBe(true);
        const integer = random.integer(limit);
        expect(Number.isInteger(integer) && integer >= 0 && integer < limit).toBe(true);
      }),
    );
  });

  it('samples without replacement, everything when asked for more than there is', () => {
    fc.assert(
      fc.property(fc.string(), fc.uniqueArray(fc.integer()), fc.integer({ min: -2, max: 20 }), (name, items, count) => {
        const before = [...items];
        const sample = createRandom(name).sample(items, count);
        expect(sample).toHaveLength(Math.max(0, Math.min(count, items.length)));
        expect(new Set(sample).size).toBe(sample.length);
        expect(sample.every((item) => items.includes(item))).toBe(true);
        expect(items).toEqual(before);
      }),
    );
  });

  it('shuffles to a permutation and leaves the original as it was', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer()), (name, items) => {
        const before = [...items];
        const shuffled = createRandom(name).shuffle(items);
        expect(shuffled.toSorted()).toEqual(items.toSorted());
        expect(items).toEqual(before);
      }),
    );
  });

  it('shuffles to every order equally often', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 6000; index++) {
      const order = createRandom(`shuffle ${index}`).shuffle(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Chi-squared with 5 degrees of freedom: above 20.5 once in a thousand.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(20.5);
  });

  it('chooses with replacement', () => {
    const random = createRandom('choices');
    const chosen = random.choices(['a', 'b'], 50);
    expect(chosen).toHaveLength(50);
    expect(new Set(chosen)).toEqual(new Set(['a', 'b']));
    expect(random.choices([], 0)).toEqual([]);
  });

  it('says so when there is nothing to choose from', () => {
    expect(() => createRandom('x').choice([])).toThrow(RangeError);
    expect(() => createRandom('x').choices([], 1)).toThrow('nothing to choose from');
  });
});
