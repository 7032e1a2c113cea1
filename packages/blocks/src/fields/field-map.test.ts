import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldMapper } from './field-map.js';

const map = (field_map: Record<string, string>, row: object, more: object = {}) =>
  new FieldMapper({ field_map, ...more })
    .run([row])
    .toArray()
    .then(([mapped]) => mapped);

describe('field_map', () => {
  const row = { field1: 1, field2: 2, field3: 3, field4: 4 };

  it('copies all fields at once and not one after the other', async () => {
    const copies = { field1: 'field2', field3: 'field4', field2: 'field3' };
    expect(await map(copies, row)).toEqual({ field1: 1, field2: 1, field3: 2, field4: 3 });
    expect(row).toEqual({ field1: 1, field2: 2, field3: 3, field4: 4 });
  });

  it('does the same for an instance of a class', async () => {
    class Point {
      field1 = 1;
      field2 = 2;
    }
    expect(await map({ field1: 'field2', field2: 'field1' }, new Point())).toEqual({ field1: 2, field2: 1 });
  });

  it('passes a value on through two blocks', async () => {
    const first = await new FieldMapper({ field_map: { f1: 'f2' } }).run([{ f1: 1, f2: 2, f3: 3 }]).toArray();
    const second = await new FieldMapper({ field_map: { f2: 'f3' } }).run(first).toArray();
    expect(second).toEqual([{ f1: 1, f2: 1, f3: 1 }]);
  });

  it('makes fields that the row lacks, and leaves all others alone', async () => {
    expect(await map({ a: 'b' }, { a: null, c: 3 })).toEqual({ a: null, b: null, c: 3 });
  });

  it('follows paths on both sides', async () => {
    const nested = { meta: { lang: 'en', size: 1 }, turns: ['hello', 'bye'] };
    expect(await map({ 'meta.lang': 'location.lang', 'turns[0]': 'meta.first', 'turns[1:]': 'rest' }, nested)).toEqual({
      meta: { lang: 'en', size: 1, first: 'hello' },
      turns: ['hello', 'bye'],
      location: { lang: 'en' },
      rest: ['bye'],
    });
    expect(nested.meta).toEqual({ lang: 'en', size: 1 });
  });

  it('reads any permutation from the row as it was', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    const permutation = fc.shuffledSubarray(keys, { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(permutation, async (targets) => {
        const mapped = await map(
          Object.fromEntries(keys.map((key, index) => [key, targets[index] as string])),
          Object.fromEntries(keys.map((key) => [key, key])),
        );
        expect(mapped).toEqual(Object.fromEntries(targets.map((target, index) => [target, keys[index]])));
      }),
    );
  });

  it('says what is missing', async () => {
    await expect(map({ qestion: 'input' }, { question: 'Why?' })).rejects.toThrow('the row has: question');
    await expect(map({ 'meta.lang': 'lang' }, { a: 1 })).rejects.toMatchObject({ code: 'DGT_PATH_VALUE' });
    expect(() => new FieldMapper({ field_map: {} })).toThrow('field_map');
    expect(() => new FieldMapper({ field_map: { 'a[': 'b' } })).toThrow('path "a["');
  });
});
