import * as fc from 'fast-check';
import { createRandom } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { adversarialText, adversarialTexts } from './__fixtures__/adversarial-texts.js';
import { chooseBanding, findShare } from './banding.js';
import { MinHasher } from './min-hasher.js';
import { MinhashIndex } from './minhash-index.js';
import { hashShingles, measureJaccard } from './shingles.js';
import { tokenize } from './tokenize.js';

const cut = (text: string) => tokenize(text, 'unicode');

function listShingles(text: string, size: number): Set<string> {
  const tokens = cut(text);
  const length = Math.min(size, tokens.length);
  const count = length === 0 ? 0 : tokens.length - length + 1;
  return new Set(Array.from({ length: count }, (_, start) => tokens.slice(start, start + length).join(' ')));
}

/** The definition, on the shingles themselves. */
function scorePlainly(one: string, other: string, size: number): number {
  const shingles = listShingles(one, size);
  const others = listShingles(other, size);
  const common = [...shingles].filter((shingle) => others.has(shingle)).length;
  return common === 0 ? 0 : common / (shingles.size + others.size - common);
}

describe('the index', () => {
  it('gives scores that are the exact Jaccard similarity, and finds every equal text', () => {
    fc.assert(
      fc.property(
        adversarialTexts,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0.3, 0.8, 1),
        (texts, size, threshold) => {
          const index = new MinhashIndex({ tokenize: cut, threshold, shingleSize: size, permutations: 64, seed: 1 });
          for (const [position, text] of texts.entries()) {
            const read = index.read(text);
            const closest = index.findClosest(read, threshold);
            const scores = texts.slice(0, position).map((other) => scorePlainly(text, other, size));
            if (closest !== undefined) {
              expect(closest.score).toBe(scores[closest.entry]);
              expect(closest.score).toBeGreaterThanOrEqual(threshold);
            }
            if (scores.includes(1)) expect(closest).toEqual({ entry: scores.indexOf(1), score: 1 });
            index.add(read);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds the same where many texts share a band, however few make a crowd', () => {
    const words = fc.constantFrom('what', 'is', 'the', 'capital', 'of', 'a', 'b', 'c', 'd', 'e', 'f');
    const templated = fc.tuple(fc.array(words, { maxLength: 4 }), fc.boolean()).map(([fill, turned]) => {
      const template = ['what', 'is', 'the', 'capital', 'of'];
      return (turned ? [...fill, ...template] : [...template, ...fill]).join(' ');
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(templated, adversarialText), { maxLength: 60 }),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom(0.3, 0.6, 0.8, 1),
        (texts, shingleSize, threshold) => {
          const options = { tokenize: cut, threshold, shingleSize, permutations: 32, seed: 1 };
          const [plain, crowded] = [Infinity, 2].map((crowdSize) => new MinhashIndex({ ...options, crowdSize }));
          for (const text of texts) {
            const read = plain!.read(text);
            expect(crowded!.findClosest(read, threshold)).toEqual(plain!.findClosest(read, threshold));
            for (const index of [plain!, crowded!]) index.add(read);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds at least 95 % of the pairs that a labelled set has at the threshold, and rejects none below it', () => {
    const threshold = 0.8;
    const random = createRandom('labelled');
    const word = () => `w${random.integer(5000)}`;
    let pairs = 0;
    let found = 0;
    const index = new MinhashIndex({ tokenize: cut, threshold, shingleSize: 1, permutations: 128, seed: 0 });
    for (let number = 0; number < 3000; number++) {
      const words = Array.from({ length: 45 }, word);
      index.add(index.read(words.join(' ')));
      // Replacing 5 of 45 distinct words leaves 40 of 50: just the threshold.
      const changed = words.with(0, 'a').with(9, 'b').with(18, 'c').with(27, 'd').with(36, 'e').join(' ');
      const isPair = scorePlainly(words.join(' '), changed, 1) >= threshold;
      const closest = index.findClosest(index.read(changed), threshold);
      if (isPair) pairs++;
      if (isPair && closest?.entry === number) found++;
      expect(closest === undefined || isPair).toBe(true);
    }
    expect(pairs).toBeGreaterThan(2000);
    expect(found / pairs).toBeGreaterThan(0.95);
  });
});

describe('the banding', () => {
  it('finds 95 % at the threshold and could not do so with longer bands', () => {
    for (const threshold of [0.1, 0.3, 0.5, 0.8, 0.9, 0.99, 1]) {
      for (const permutations of [16, 128, 1024]) {
        const { bands, rows } = chooseBanding(threshold, permutations);
        expect(bands * rows).toBeLessThanOrEqual(permutations);
        if (rows > 1) expect(findShare(threshold, { bands, rows })).toBeGreaterThanOrEqual(0.95);
        const longer = { bands: Math.floor(permutations / (rows + 1)), rows: rows + 1 };
        if (longer.bands > 0) expect(findShare(threshold, longer)).toBeLessThan(0.95);
      }
    }
  });
});

describe('the min-hasher', () => {
  it('gives two sets the same minimum as often as they are alike', () => {
    const one = hashShingles(
      Array.from({ length: 300 }, (_, index) => `t${index}`),
      1,
    );
    const other = hashShingles(
      Array.from({ length: 300 }, (_, index) => `t${index + 100}`),
      1,
    );
    const banding = { bands: 4000, rows: 1 };
    const hasher = new MinHasher(banding, 7);
    const keys = hasher.listKeys(one);
    const same = hasher.listKeys(other).filter((key, band) => key === keys[band]).length;
    // 200 of 400 are common; five standard deviations.
    expect(measureJaccard(one, other)).toBe(0.5);
    expect(Math.abs(same / banding.bands - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / banding.bands));
  });

  it('draws the same permutations from the same seed, and others from another', () => {
    const members = Uint32Array.of(1, 2, 3);
    const list = (seed: number) => [...new MinHasher({ bands: 8, rows: 2 }, seed).listKeys(members)];
    expect(list(1)).toEqual(list(1));
    expect(list(1)).not.toEqual(list(2));
  });
});
