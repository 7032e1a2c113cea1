import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, cutAfterTokens, splitTokens } from './tokens.js';

const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\n', '\t', 'é', '.') });

describe('tokens', () => {
  it('are the text again when joined, and as many as are counted', () => {
    fc.assert(
      fc.property(text, (text) => {
        const tokens = splitTokens(text);
        expect(tokens.join('')).toBe(text);
        if (text.trim() !== '') expect(tokens).toHaveLength(countTokens(text));
      }),
    );
  });

  it('are never more than a text is cut to', () => {
    fc.assert(
      fc.property(text, fc.nat(10), (text, count) => {
        const cut = cutAfterTokens(text, count);
        expect(countTokens(cut)).toBeLessThanOrEqual(count);
        expect(text.startsWith(cut)).toBe(true);
      }),
    );
  });

  it('have their space before them', () => {
    expect(splitTokens('one  two\nthree ')).toEqual(['one', '  two', '\nthree ']);
    expect([countTokens(''), countTokens(' \n')]).toEqual([0, 0]);
  });
});
