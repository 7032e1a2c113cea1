import { describe, expect, it } from 'vitest';
import { EqualTexts } from './equal-texts.js';
import { digestText } from './text-digest.js';

function listDigest(text: string): string {
  const digest = new Uint32Array(4);
  digestText(text, digest);
  return [...digest].join('.');
}

describe('the memory of equal texts', () => {
  it('finds the first of equal texts among many, and nothing else', () => {
    const memory = new EqualTexts((text) => text);
    const count = 20_000;
    for (let index = 0; index < count; index++) memory.add(`text ${index % (count / 2)}`);
    for (let index = 0; index < count; index += 7) {
      const expected = index < count / 2 ? { entry: index, score: 1 } : undefined;
      expect(memory.findClosest(`text ${index}`)).toEqual(expected);
    }
  });

  it('takes thousands of equal texts without a longer search for each', () => {
    const memory = new EqualTexts(() => 'same');
    for (let index = 0; index < 200_000; index++) memory.add(memory.read(String(index)));
    expect(memory.findClosest('same')).toEqual({ entry: 0, score: 1 });
  });
});

describe('the digest of a text', () => {
  it('differs where texts differ a little: at either end, by a zero, by length, by order', () => {
    const texts = [
      '',
      '\0',
      '\0\0',
      'a',
      'b',
      'a\0',
      '\0a',
      'ab',
      'ba',
      'abcdefgh',
      'abcdefgh\0',
      'cdabefgh',
      'efghabcd',
    ];
    for (let length = 1; length < 40; length++) texts.push('x'.repeat(length), `${'x'.repeat(length)}y`);
    expect(new Set(texts.map(listDigest)).size).toBe(texts.length);
  });

  it('spreads a change of one letter over all its words', () => {
    const flips = new Uint32Array(128);
    const trials = 2000;
    for (let trial = 0; trial < trials; trial++) {
      const one = new Uint32Array(4);
      const other = new Uint32Array(4);
      digestText(`question number ${trial}?`, one);
      digestText(`question number ${trial}!`, other);
      for (let bit = 0; bit < 128; bit++) {
        const changed = (one[bit >>> 5] as number) ^ (other[bit >>> 5] as number);
        flips[bit] = (flips[bit] as number) + ((changed >>> (bit & 31)) & 1);
      }
    }
    // Six standard deviations around a half.
    const margin = 6 * Math.sqrt(trials / 4);
    for (const count of flips) expect(Math.abs(count - trials / 2)).toBeLessThan(margin);
  });
});
