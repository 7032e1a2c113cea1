import { describe, expect, it } from 'vitest';
import { missing, parsePath, readPath, writePath } from './path.js';

describe('a field path', () => {
  it('reads nested keys, indexes and slices', () => {
    const row = { a: { b: [1, 2, 3] } };
    expect(readPath(row, parsePath('a.b[1:]'))).toEqual([2, 3]);
    expect(readPath(row, parsePath('a.c'))).toBe(missing);
  });

  it('appends with [+], making what is missing on the way', () => {
    const once = writePath({}, parsePath('items[+]'), 'first');
    expect(writePath(once, parsePath('items[+]'), 'second')).toEqual({ items: ['first', 'second'] });
  });
});
