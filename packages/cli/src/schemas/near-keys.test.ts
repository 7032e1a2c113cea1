import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearPattern } from './near-keys.js';

const words = fc.string({ unit: fc.constantFrom('a', 'b', '_', '.', '+'), minLength: 2, maxLength: 8 });

describe('the pattern of a mistyped key', () => {
  it('fits what is one letter more, less, changed or swapped, and never the key itself', () => {
    fc.assert(
      fc.property(words, fc.nat(7), fc.constantFrom('x', '_', '-'), (key, at, letter) => {
        const place = at % key.length;
        const [before, after] = [key.slice(0, place), key.slice(place)];
        const mistyped = [before + letter + after, before + after.slice(1), before + letter + after.slice(1)];
        if (after.length > 1) mistyped.push(`${before}${after[1]}${after[0]}${after.slice(2)}`);
        const pattern = new RegExp(nearPattern(key, [key]), 'u');
        expect(mistyped.filter((text) => text !== key && !pattern.test(text))).toEqual([]);
        expect(pattern.test(key)).toBe(false);
      }),
    );
  });

  it('fits no key that is right, however near, and nothing that is far', () => {
    const pattern = new RegExp(nearPattern('tools', ['tools', 'tool']), 'u');
    expect(['tools', 'tool', 'toolboxes', 'stool'].filter((key) => pattern.test(key))).toEqual([]);
    expect(pattern.test('toosl')).toBe(true);
  });
});
