import * as fc from 'fast-check';
import { createRandom } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import type { Closest } from './text-memory.js';
import { VectorIndex } from './vector-index.js';
import { packVector, scoreVectors, unpackVector } from './vector-text.js';

function findPlainly(earlier: readonly string[], packed: string, floor: number): Closest | undefined {
  let best: Closest | undefined;
  for (const [entry, other] of earlier.entries()) {
    const isBlank = packed === '' || other === '';
    const score = isBlank ? 0 : scoreVectors(unpackVector(packed), unpackVector(other));
    if (score >= floor && score > (best?.score ?? -1)) best = { entry, score };
  }
  return best;
}

function expectPlainAnswers(vectors: readonly (readonly number[])[], floor: number): void {
  const index = new VectorIndex('dedup');
  const packed = vectors.map(packVector);
  for (const [position, text] of packed.entries()) {
    const read = index.read(text);
    expect(index.findClosest(read, floor)).toEqual(findPlainly(packed.slice(0, position), text, floor));
    index.add(read);
  }
}

describe('a packed vector', () => {
  it('keeps its direction but for some thousandths, whatever its length', () => {
    const component = fc.double({ min: -1, max: 1, noNaN: true });
    const vector = fc.array(component, { minLength: 8, maxLength: 400 });
    fc.assert(
      fc.property(vector, fc.constantFrom(1, 1e-9, 1e12), (one, scale) => {
        const other = one.toReversed();
        const exact = measureCosine(one, other);
        fc.pre(Number.isFinite(exact));
        const [packed, packedOther] = [packVector(one), packVector(other.map((value) => value * scale))];
        const kept = scoreVectors(unpackVector(packed), unpackVector(packedOther));
        expect(Math.abs(kept - Math.max(0, exact))).toBeLessThan(0.02);
        expect(scoreVectors(unpackVector(packed), unpackVector(packed))).toBe(1);
      }),
    );
    expect(scoreVectors(unpackVector(packVector([1, 0.5])), unpackVector(packVector([-1, -0.5])))).toBe(0);
  });

  it('is nothing when there is no direction', () => {
    for (const vector of [[], [0, 0, -0], [Number.NaN], [1, Infinity]]) expect(packVector(vector)).toBe('');
  });
});

describe('the index', () => {
  it('finds what comparing every pair finds', () => {
    const vector = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 70, maxLength: 70 });
    const near = fc.tuple(vector, fc.array(fc.nat(69), { maxLength: 5 })).map(([base, places]) => {
      const changed = [...base];
      for (const place of places) changed[place] = 5;
      return [base, changed, base.map(() => 0)];
    });
    const floors = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(near, { maxLength: 5 }), floors, (groups, floor) =>
        expectPlainAnswers(groups.flat(), floor),
      ),
      { numRuns: 200 },
    );
  });

  it('finds it among more vectors than fit at first, blank ones before the first with a direction', () => {
    const random = createRandom('vectors');
    const draw = () => Array.from({ length: 80 }, () => random.next() - 0.3);
    expectPlainAnswers([[], [], ...Array.from({ length: 1100 }, draw)], 0.8);
  });

  it('refuses vectors of different lengths, which no one model makes', () => {
    const index = new VectorIndex('dedup');
    index.add(index.read(packVector([1, 2, 3])));
    expect(() => index.read(packVector([1, 2]))).toThrow('the embedding of a text has 2 numbers, those before have 3');
  });
});

function measureCosine(one: readonly number[], other: readonly number[]): number {
  const multiply = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  return multiply(one, other) / Math.sqrt(multiply(one, one) * multiply(other, other));
}
