import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SubsequenceMeter } from './longest-common-subsequence.js';

const sequence = (maxLength: number, alphabet: number) =>
  fc.array(fc.integer({ min: 0, max: alphabet }), { maxLength }).map((numbers) => Uint32Array.from(numbers));

/** The recursive definition, tabulated from the end. */
function measurePlainly(one: Uint32Array, other: Uint32Array): number {
  const lengths = Array.from({ length: one.length + 1 }, () => Array.from({ length: other.length + 1 }, () => 0));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const skipped = Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
      lengths[i]![j] = one[i] === other[j] ? lengths[i + 1]![j + 1]! + 1 : skipped;
    }
  }
  return lengths[0]![0]!;
}

describe('the subsequence meter', () => {
  it.each([
    ['few numbers, within one word', 32, 3],
    ['few numbers, over several words', 150, 2],
    ['many numbers', 150, 5000],
  ])('agrees with the definition: %s', (_name, maxLength, alphabet) => {
    const meter = new SubsequenceMeter();
    fc.assert(
      fc.property(sequence(maxLength, alphabet), sequence(maxLength, alphabet), (one, other) => {
        meter.prepare(one);
        expect(meter.measure(other)).toBe(measurePlainly(one, other));
      }),
      { numRuns: 300 },
    );
  });

  it('is right where a word is just full', () => {
    const meter = new SubsequenceMeter();
    for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 96]) {
      const numbers = Uint32Array.from({ length }, (_, index) => index);
      meter.prepare(numbers);
      expect(meter.measure(numbers)).toBe(length);
      expect(meter.measure(numbers.toReversed())).toBe(Math.min(length, 1));
    }
  });

  it('measures a part of a longer block, and one sequence against many', () => {
    const meter = new SubsequenceMeter();
    meter.prepare(Uint32Array.of(1, 2, 3));
    const block = Uint32Array.of(1, 2, 3, 3, 2, 1, 9_999_999);
    expect(meter.measure(block, 0, 3)).toBe(3);
    expect(meter.measure(block, 3, 7)).toBe(1);
  });
});
