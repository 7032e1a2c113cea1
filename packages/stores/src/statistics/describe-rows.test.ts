import { describe, expect, it } from 'vitest';
import { describeRows } from './describe-rows.js';

const nothing = { fields: [], distributions: [] };

describe('the statistics of rows', () => {
  it('skip rows that say what failed, and count them', async () => {
    const rows = [
      { input: { topic: 'a' }, response: 'four', timestamp: 1 },
      { input: { topic: 'b' }, error: 'timed out', timestamp: 2 },
      { input: { topic: 'c' }, response: 'sevenxx', error: null, timestamp: 3 },
    ];
    const { total, success, errors, fields } = await describeRows(rows, { ...nothing, fields: ['response.length'] });
    expect({ total, success, errors }).toEqual({ total: 3, success: 2, errors: 1 });
    expect(fields).toMatchObject([{ count: 2, missing: 0, numbers: { sum: 11, mean: 5.5, min: 4, max: 7 } }]);
  });

  it('take a column that is called error for what it is', async () => {
    const { errors } = await describeRows([{ error: 'a spelling', correction: 'the right one' }], nothing);
    expect(errors).toBe(0);
  });

  it('tell numbers, texts that are numbers, nothing and something else apart', async () => {
    const rows = [{ a: [{ b: 1 }] }, { a: [{ b: '2.5' }] }, { a: [] }, { a: [{ b: null }] }, { a: [{ b: '007' }] }];
    const { fields } = await describeRows(rows, { ...nothing, fields: ['a[0].b'] });
    expect(fields).toMatchObject([{ path: 'a[0].b', count: 2, missing: 2, not_numbers: 1, numbers: { sum: 3.5 } }]);
  });

  it('measure texts in characters and lists in items, and leave a field that is called length alone', async () => {
    const rows = [{ text: 'é😀', list: [1, 2, 3], rod: { length: 12 } }];
    const { fields } = await describeRows(rows, { ...nothing, fields: ['text.length', 'list.length', 'rod.length'] });
    expect(fields.map(({ numbers }) => numbers?.sum)).toEqual([2, 3, 12]);
  });

  it('count values, those of different kinds apart, the most frequent first', async () => {
    const rows = [{ v: 5 }, { v: '5' }, { v: 5 }, { v: true }, { v: { a: [1] } }, {}, { v: null }];
    const { distributions } = await describeRows(rows, { ...nothing, distributions: ['v'] });
    expect(distributions).toEqual([
      {
        path: 'v',
        count: 5,
        missing: 2,
        values: [
          { value: 5, count: 2 },
          { value: '5', count: 1 },
          { value: true, count: 1 },
          { value: '{"a":[1]}', count: 1 },
        ],
        different: 4,
        uncounted: 0,
      },
    ]);
  });

  it('cut a distribution of too many values, and say of how many nothing is known', async () => {
    function* rows() {
      for (let index = 0; index < 100_010; index++) yield { v: index };
      yield { v: 7 };
    }
    const [distribution] = (await describeRows(rows(), { ...nothing, distributions: ['v'] })).distributions;
    expect(distribution).toMatchObject({ different: 100_000, uncounted: 10, count: 100_011 });
    expect(distribution?.values[0]).toEqual({ value: 7, count: 2 });
  });

  it('tell long texts apart that begin alike, and keep no more than their start', async () => {
    const start = 'x'.repeat(300);
    const rows = [{ v: `${start}a` }, { v: `${start}b` }, { v: `${start}a` }];
    const [distribution] = (await describeRows(rows, { ...nothing, distributions: ['v'] })).distributions;
    expect(distribution?.values).toEqual([
      { value: `${'x'.repeat(200)}…`, count: 2 },
      { value: `${'x'.repeat(200)}…`, count: 1 },
    ]);
  });

  it('describe every field when nothing is asked for, and find rows that are written alike', async () => {
    const rows = [
      { name: 'a', meta: { score: 1, tags: ['x'] } },
      { name: '', meta: { score: 2.5, tags: [] } },
      { name: 'a', meta: { score: 1, tags: ['x'] } },
      { meta: { score: null } },
    ];
    const { overview } = await describeRows(rows, nothing);
    expect(overview?.duplicates).toEqual({ rows: 1, unknown: 0 });
    expect(overview?.fields).toMatchObject([
      { path: 'name', kinds: { text: 3 }, filled: 2, empty: 1, missing: 1, lengths: { mean: 1 } },
      { path: 'meta.score', kinds: { 'whole number': 2, number: 1 }, filled: 3, missing: 1, numbers: { sum: 4.5 } },
      { path: 'meta.tags', kinds: { list: 3 }, filled: 2, empty: 1, missing: 1, lengths: { max: 1 } },
    ]);
  });

  it('describe no more fields than people can read, and say that there are more', async () => {
    const row = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, 1]));
    const { overview } = await describeRows([row], nothing);
    expect(overview).toMatchObject({ has_more_fields: true });
    expect(overview?.fields).toHaveLength(200);
  });

  it('refuse a path that cannot be read', async () => {
    await expect(describeRows([], { ...nothing, fields: ['a..b'] })).rejects.toMatchObject({ code: 'DGT_PATH_SYNTAX' });
  });
});
