import { describe, expect, it } from 'vitest';
import { Noop } from './noop.js';

describe('noop', () => {
  it('keeps every row, in order, and calls it valid', async () => {
    const kept = await new Noop({ filter: true }).run([{ input: 'a' }, { input: null }, { other: 1 }]).toArray();
    expect(kept).toEqual([
      { input: 'a', is_valid: true, metadata: {} },
      { input: null, is_valid: true, metadata: {} },
      { other: 1, is_valid: true, metadata: {} },
    ]);
  });
});
