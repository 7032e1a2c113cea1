import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedText } from './embedding.js';

const multiply = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, index) => sum + value * (other[index] as number), 0);

describe('an embedding', () => {
  it('has length 1 and is the same for the same text, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 300 }), (text, size) => {
        const vector = embedText(text, size);
        expect(vector).toHaveLength(size);
        expect(multiply(vector, vector)).toBeCloseTo(1, 4);
        expect(embedText(text, size)).toEqual(vector);
      }),
    );
  });

  it('is nearer to a text with one other word than to another text', () => {
    const near = multiply(embedText('the long river flows north', 256), embedText('the long river flows south', 256));
    const far = multiply(embedText('the long river flows north', 256), embedText('my cat eats fish', 256));
    expect(near).toBeGreaterThan(0.6);
    expect(Math.abs(far)).toBeLessThan(0.35);
  });
});
