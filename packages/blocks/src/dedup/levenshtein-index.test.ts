import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adversarialText, adversarialTexts } from './__fixtures__/adversarial-texts.js';
import { LevenshteinIndex, scoreSpelling } from './levenshtein-index.js';
import type { Closest } from './text-memory.js';

/** The recursive definition, tabulated from the end, in UTF-16 code units. */
function measurePlainly(one: string, other: string): number {
  const edits = Array.from({ length: one.length + 1 }, () => Array.from({ length: other.length + 1 }, () => 0));
  for (let i = one.length; i >= 0; i--) {
    for (let j = other.length; j >= 0; j--) {
      if (i === one.length || j === other.length) edits[i]![j] = one.length - i + (other.length - j);
      else if (one[i] === other[j]) edits[i]![j] = edits[i + 1]![j + 1]!;
      else edits[i]![j] = 1 + Math.min(edits[i + 1]![j]!, edits[i]![j + 1]!, edits[i + 1]![j + 1]!);
    }
  }
  return edits[0]![0]!;
}

function findPlainly(earlier: readonly string[], text: string, floor: number): Closest | undefined {
  let best: Closest | undefined;
  for (const [entry, other] of earlier.entries()) {
    const score = scoreSpelling(text, other);
    if (score >= floor && score > (best?.score ?? -1)) best = { entry, score };
  }
  return best;
}

describe('the score of two spellings', () => {
  it('is the share of the longer text that no edit touches', () => {
    expect(scoreSpelling('kitten', 'sitting')).toBe(4 / 7);
    expect(scoreSpelling('', '')).toBe(1);
    expect(scoreSpelling('', 'a')).toBe(0);
    fc.assert(
      fc.property(adversarialText, adversarialText, (one, other) => {
        const longer = Math.max(one.length, other.length);
        const expected = longer === 0 ? 1 : (longer - measurePlainly(one, other)) / longer;
        expect(scoreSpelling(one, other)).toBe(expected);
      }),
    );
  });

  it('equals the decimal number that a threshold is written as', () => {
    for (let same = 0; same <= 100; same++) {
      const other = 'a'.repeat(same) + 'b'.repeat(100 - same);
      expect(scoreSpelling('a'.repeat(100), other)).toBe(Number(`${same}e-2`));
    }
  });
});

describe('the index', () => {
  it('finds what comparing every pair finds', () => {
    const floors = fc.oneof(fc.constantFrom(0, 0.5, 0.8, 0.9, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(adversarialTexts, floors, (texts, floor) => {
        const index = new LevenshteinIndex((text) => text);
        for (const [position, text] of texts.entries()) {
          const spelling = index.read(text);
          expect(index.findClosest(spelling, floor)).toEqual(findPlainly(texts.slice(0, position), text, floor));
          index.add(spelling);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('finds it among more texts than fit at first', () => {
    const index = new LevenshteinIndex((text) => text);
    const texts = Array.from({ length: 1500 }, (_, number) => `${'a'.repeat(250 + (number % 11))} ${number}`);
    for (const text of texts) index.add(index.read(text));
    for (const text of ['a'.repeat(253), `${'a'.repeat(257)} 1499`, `${'a'.repeat(255)} x`, 'b'.repeat(250)]) {
      expect(index.findClosest(index.read(text), 0.98)).toEqual(findPlainly(texts, text, 0.98));
    }
  });

  it('counts letters no further than it can', () => {
    const index = new LevenshteinIndex((text) => text);
    index.add(index.read('a'.repeat(260)));
    expect(index.findClosest(index.read('a'.repeat(254)), 0.97)).toEqual({ entry: 0, score: 254 / 260 });
  });
});
