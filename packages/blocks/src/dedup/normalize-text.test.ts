import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adversarialText } from './__fixtures__/adversarial-texts.js';
import { normalizeText, type Normalization } from './normalize-text.js';

const standard: Normalization = { unicode: 'NFKC', case_sensitive: false, keep_space: false };
const isSame = (one: string, other: string, options: Partial<Normalization> = {}) =>
  normalizeText(one, { ...standard, ...options }) === normalizeText(other, { ...standard, ...options });

describe('normalised text', () => {
  it.each([
    ['composed and decomposed', 'Café', 'CAFE\u0301'],
    ['full-width', 'ＡＢＣ　１２', 'abc 12'],
    ['ligature', 'ﬁn', 'FIN'],
    ['sharp s', 'Straße', 'STRASSE'],
    ['the two small sigmas', 'ΟΔΟΣ', 'οδος'],
    ['white space of any kind', ' a\u00A0\t\nb ', 'a b'],
  ])('is the same: %s', (_name, one, other) => {
    expect(isSame(one, other)).toBe(true);
  });

  it.each([
    ['accents', 'resume', 'résumé'],
    ['punctuation', 'a?', 'a'],
    ['words and their order', 'a b', 'b a'],
    ['a space within a word', 'a b', 'ab'],
  ])('differs: %s', (_name, one, other) => {
    expect(isSame(one, other)).toBe(false);
  });

  it('keeps what its options keep', () => {
    expect(isSame('A', 'a', { case_sensitive: true })).toBe(false);
    expect(isSame('a  b', 'a b', { keep_space: true })).toBe(false);
    expect(isSame('５', '5', { unicode: 'NFC' })).toBe(false);
    expect(isSame('é', 'e\u0301', { unicode: 'NFC' })).toBe(true);
    expect(isSame('é', 'e\u0301', { unicode: 'none' })).toBe(false);
  });

  it('does not change when normalised again', () => {
    fc.assert(
      fc.property(adversarialText, (text) => {
        const normal = normalizeText(text, standard);
        expect(normalizeText(normal, standard)).toBe(normal);
      }),
    );
  });
});
