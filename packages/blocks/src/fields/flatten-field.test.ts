import { describe, expect, it } from 'vitest';
import { FlattenField } from './flatten-field.js';

const flatten = (rows: readonly object[], config = {}) => new FlattenField(config).run(rows).toArray();

describe('flatten_field', () => {
  it('gives one row for each item, with all that the row had', async () => {
    expect(await flatten([{ id: 1, to_flatten: ['a', 'b'] }])).toEqual([
      { id: 1, to_flatten: ['a', 'b'], flattened: 'a' },
      { id: 1, to_flatten: ['a', 'b'], flattened: 'b' },
    ]);
  });

  it('gives no row for an empty list', async () => {
    expect(await flatten([{ to_flatten: [] }, { to_flatten: ['a'] }])).toHaveLength(1);
  });

  it.each([['text'], [7], [null], [{ a: 1 }]])('takes %j for a list of one', async (value) => {
    expect(await flatten([{ to_flatten: value }])).toEqual([{ to_flatten: value, flattened: value }]);
  });

  it('keeps a list within a list in one piece', async () => {
    const rows = (await flatten([{ to_flatten: [[1, 2], []] }])) as { flattened: unknown }[];
    expect(rows.map(({ flattened }) => flattened)).toEqual([[1, 2], []]);
  });

  it('keeps the order of rows and items', async () => {
    const rows = (await flatten([{ to_flatten: [1, 2] }, { to_flatten: [] }, { to_flatten: 3 }])) as object[];
    expect(rows).toMatchObject([{ flattened: 1 }, { flattened: 2 }, { flattened: 3 }]);
  });

  it('reads and writes where the maps say', async () => {
    const config = { input_map: { 'answer.pairs': 'to_flatten' }, output_map: { flattened: 'pair' } };
    expect(await flatten([{ answer: { pairs: [{ q: 1 }, { q: 2 }] } }], config)).toMatchObject([
      { pair: { q: 1 } },
      { pair: { q: 2 } },
    ]);
  });

  it('says which field a row lacks', async () => {
    await expect(flatten([{ items: [1] }])).rejects.toMatchObject({ code: 'DGT_BLOCK_FIELD_MISSING' });
  });
});
