import type { ReadOptions, Row, RowSource } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../__fixtures__/temporary-folder.js';
import { DefaultDataloader } from './index.js';
import { shuffle } from './shuffle.js';

/** A source that counts how far it was read. */
class Rows implements RowSource {
  read_ = 0;
  readonly #rows: readonly Row[];
  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }
  async *read({ skip = 0 }: ReadOptions = {}): AsyncGenerator<Row> {
    for (const row of this.#rows.slice(skip)) {
      this.read_++;
      yield row;
    }
  }
}

const numbers = (count: number) => new Rows(Array.from({ length: count }, (_, value) => ({ value })));

async function take(rows: AsyncIterable<Row>, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const { value } of rows) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}

describe('the default dataloader', () => {
  const range = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => start + index);

  it('numbers rows by their place in the source, also from the middle on', async () => {
    const loader = new DefaultDataloader({
      where: { value: [3, 5, 7] },
      fields: { value: 'v' },
      number_field: 'place',
    });
    expect(await collect(loader.load(numbers(9), { skip: 1 }))).toEqual([
      { v: 5, place: 5 },
      { v: 7, place: 7 },
    ]);
    expect(await collect(new DefaultDataloader({ number_field: 'value' }).load(numbers(3), { skip: 2 }))).toEqual([
      { value: 2 },
    ]);
  });

  it.each([0, 5, 13])('gives 20 rows from number %i on', async (skip) => {
    const rows = await collect(new DefaultDataloader().load(numbers(20), { skip }));
    expect(rows.map(({ value }) => value)).toEqual(range(skip, 20));
  });

  it('begins again after the last row when it loops, also when it goes on after many rounds', async () => {
    const loader = new DefaultDataloader({ loop_over: true });
    expect(await take(loader.load(numbers(3)), 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(await take(loader.load(numbers(3), { skip: 2 }), 3)).toEqual([2, 0, 1]);
    expect(await take(loader.load(numbers(3), { skip: 10 }), 3)).toEqual([1, 2, 0]);
    expect(await collect(loader.load(numbers(0)))).toEqual([]);
    expect(await collect(loader.load(numbers(0), { skip: 4 }))).toEqual([]);
  });

  it('goes on after any number of rows as if it had never stopped', async () => {
    const config = fc.record(
      {
        loop_over: fc.constant(true),
        shuffle: fc.boolean(),
        shuffle_buffer_size: fc.integer({ min: 1, max: 8 }),
        limit: fc.integer({ min: 1, max: 6 }),
        where: fc.constantFrom({ kind: 0 }, { kind: [0, 1] }),
      },
      { requiredKeys: ['loop_over'] },
    );
    await fc.assert(
      fc.asyncProperty(config, fc.integer({ min: 3, max: 9 }), fc.nat({ max: 30 }), async (config, size, skip) => {
        const source = new Rows(range(0, size).map((value) => ({ value, kind: value % 3 })));
        const loader = new DefaultDataloader(config);
        const whole = await take(loader.load(source, { randomSeed: 7 }), skip + 12);
        expect(await take(loader.load(source, { randomSeed: 7, skip }), 12)).toEqual(whole.slice(skip));
      }),
      { numRuns: 200 },
    );
  });

  it('lets the source leave out rows by itself', async () => {
    const source = numbers(100);
    await collect(new DefaultDataloader().load(source, { skip: 98 }));
    expect(source.read_).toBe(2);
  });

  it('selects, renames and nests fields', async () => {
    const source = new Rows([{ text: 'x', id: 1, meta: { lang: 'en', region: 'eu' } }]);
    const all = { '*': '*', text: 'content', 'meta.lang': 'language', 'meta.region': 'location.region' };
    expect(await collect(new DefaultDataloader({ fields: all }).load(source))).toEqual([
      {
        text: 'x',
        id: 1,
        meta: { lang: 'en', region: 'eu' },
        content: 'x',
        language: 'en',
        location: { region: 'eu' },
      },
    ]);
    expect(await collect(new DefaultDataloader({ fields: { id: 'key' } }).load(source))).toEqual([{ key: 1 }]);
    expect(await collect(new DefaultDataloader({ columns: ['id', 'text'] }).load(source))).toEqual([
      { id: 1, text: 'x' },
    ]);
  });

  it.each([
    [{ txt: 'content' }, 'row 2 has no "txt" (did you mean "text"?); it has: text'],
    [{ 'meta.lang': 'language' }, 'row 2 has no "meta.lang"; it has: text'],
  ])('names the row that lacks a field, and what it has', async (fields, message) => {
    const source = new Rows([{ text: 'x', txt: 'x', meta: { lang: 'en' } }, { text: 'y' }]);
    await expect(collect(new DefaultDataloader({ fields: fields as never }).load(source))).rejects.toThrow(
      `dataloader "default": ${message}`,
    );
  });

  it('keeps the rows that have certain values, and counts rows of the source in errors', async () => {
    const source = new Rows([
      { lang: 'en', n: 1 },
      { lang: 'de', n: 2 },
      { n: 3 },
      { lang: 'en', n: 4, meta: { ok: true } },
    ]);
    const load = (where: Record<string, unknown>, fields?: Record<string, string>) =>
      collect(new DefaultDataloader({ where, ...(fields && { fields }) }).load(source));
    expect(await load({ lang: 'en' })).toHaveLength(2);
    expect(await load({ lang: ['de', null], n: [2, 3, 4] })).toEqual([{ lang: 'de', n: 2 }, { n: 3 }]);
    expect(await load({ 'meta.ok': true })).toEqual([{ lang: 'en', n: 4, meta: { ok: true } }]);
    expect(await load({ n: '1' })).toEqual([]);
    await expect(load({ lnag: 'en' })).rejects.toThrow(
      'row (any) has no "lnag" (did you mean "lang"?); it has: lang, meta, n',
    );
    await expect(load({ n: [3, 4] }, { lang: 'lang' })).rejects.toThrow('row 3 has no "lang"');
  });

  it('limits after it has filtered, and reads no further', async () => {
    const source = numbers(100);
    expect(await collect(new DefaultDataloader({ limit: 2 }).load(source))).toEqual([{ value: 0 }, { value: 1 }]);
    expect(source.read_).toBe(2);
    expect(await collect(new DefaultDataloader({ limit: 2, where: { value: [7, 8, 9] } }).load(numbers(10)))).toEqual([
      { value: 7 },
      { value: 8 },
    ]);
  });

  it('shuffles by the seed of the run, differently in each round', async () => {
    const loader = new DefaultDataloader({ shuffle: true, loop_over: true });
    const [a, again, other] = [
      await take(loader.load(numbers(50), { randomSeed: 1 }), 100),
      await take(loader.load(numbers(50), { randomSeed: 1 }), 100),
      await take(loader.load(numbers(50), { randomSeed: 2 }), 100),
    ];
    expect(again).toEqual(a);
    expect(other).not.toEqual(a);
    expect(a.slice(0, 50)).not.toEqual(a.slice(50));
    for (const round of [a.slice(0, 50), a.slice(50)])
      expect([...round].sort((x, y) => Number(x) - Number(y))).toEqual(range(0, 50));
  });

  it('refuses fields and columns together, and a mistyped key', () => {
    expect(() => new DefaultDataloader({ fields: {}, columns: ['a'] })).toThrow(
      'fields and columns exclude each other',
    );
    expect(() => new DefaultDataloader({ loop_ovr: true } as object)).toThrow('did you mean "loop_over"');
  });
});

describe('shuffling in a buffer', () => {
  it('keeps every item once and holds no more than the buffer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 10 }), async (count, bufferSize) => {
        let read = 0;
        let given = 0;
        const items = (async function* () {
          for (; read < count;) yield read++;
        })();
        const out: number[] = [];
        for await (const item of shuffle(items, { bufferSize, seed: 'x' })) {
          given++;
          out.push(item);
          expect(read - given).toBeLessThanOrEqual(bufferSize);
        }
        expect(out.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
    );
  });
});
