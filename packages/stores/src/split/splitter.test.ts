import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSplitter } from './splitter.js';

describe('a split', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => ({ text: `row ${index}`, document: index % 2_000 }));

  it('gives each part about its share', () => {
    const split = createSplitter({ test: 0.1, validation: 0.05 });
    const parts = rows.map((row, index) => split(row, index));
    const share = (part: string) => parts.filter((found) => found === part).length / rows.length;
    expect(share('test')).toBeCloseTo(0.1, 2);
    expect(share('validation')).toBeCloseTo(0.05, 2);
    expect(share('train')).toBeCloseTo(0.85, 2);
  });

  it('keeps rows of one key together, whatever else is in them, so that nothing leaks', () => {
    const split = createSplitter({ test: 0.3, by: ['document'] });
    const partOf = new Map(rows.map((row, index) => [row.document, split(row, index)]));
    expect(new Set(partOf.values())).toEqual(new Set(['test', 'train']));
    expect(rows.every((row, index) => split({ ...row, text: 'other' }, index) === partOf.get(row.document))).toBe(true);
  });

  it('depends on nothing but the row: not on its place, the order of its keys, other rows or earlier calls', () => {
    const row = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(row, fc.nat(), (row, index) => {
        const reversed = Object.fromEntries(Object.entries(row).reverse());
        const expected = createSplitter({ test: 0.5 })(row, 0);
        expect(createSplitter({ test: 0.5 })(reversed, index)).toBe(expected);
      }),
    );
  });

  it('moves no row out of the test when the test grows, and none between test and validation', () => {
    const [small, large] = [
      createSplitter({ test: 0.1, validation: 0.2 }),
      createSplitter({ test: 0.3, validation: 0.2 }),
    ];
    for (const [index, row] of rows.slice(0, 2_000).entries()) {
      const before = small(row, index);
      if (before !== 'train') expect(large(row, index)).toBe(before);
    }
  });

  it('is another one for another seed', () => {
    const [a, b] = [createSplitter({ test: 0.5 }), createSplitter({ test: 0.5, seed: 1 })];
    expect(rows.filter((row, index) => a(row, index) !== b(row, index)).length).toBeGreaterThan(rows.length / 3);
  });

  it('names the row that has no key, and refuses shares beyond the whole', () => {
    expect(() => createSplitter({ test: 0.1, by: 'documnt' })({ document: 1 }, 3)).toThrow(
      'split: by: row 4 has no "documnt" (did you mean "document"?); it has: document',
    );
    expect(() => createSplitter({ test: 0.6, validation: 0.6 })).toThrow('1 or less together, got 1.2');
  });
});
