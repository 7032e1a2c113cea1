import { describe, expect, it } from 'vitest';
import { Noop } from './noop.js';

describe('noop', () => {
  it('keeps every row, in order, and calls it valid', async () => {
    const rows = [{ input: 'a' }, { input: null }, { other: 1 }];
    const kept = await new Noop({ filter: true }).run(rows).toArray();
    expect(kept).toEqual(rows.map((row) => ({ ...row, is_valid: true, metadata: {} })));
  });
});
