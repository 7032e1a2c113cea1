import * as fc from 'fast-check';
import { createRandom } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { RougeIndex } from './rouge-index.js';
import { scoreRouge, type RougeMeasure, type RougeType, type ScoreFunction } from './rouge-score.js';
import type { Closest } from './text-memory.js';

type Text = readonly string[];

const token = (alphabet: string) => fc.constantFrom(...alphabet);
const base = fc.array(token('abcdefghij'), { maxLength: 12 });

/** Texts that are near one another, in the ways that a shortcut could miss. */
const texts: fc.Arbitrary<Text[]> = fc.oneof(
  fc.array(fc.array(token('abc'), { maxLength: 8 }), { maxLength: 14 }),
  fc.array(fc.array(token('abcdefghijklmnop'), { maxLength: 90 }), { maxLength: 6 }),
  fc
    .tuple(base, fc.array(fc.tuple(fc.nat(12), fc.nat(12), token('xyz')), { maxLength: 12 }))
    .map(([text, edits]) =>
      [text].concat(edits.map(([place, turn, other]) => editAndRotate(text, place, turn, other))),
    ),
  fc.tuple(base, fc.nat(10)).map(([text, times]) => Array.from({ length: times }, () => text)),
);

function editAndRotate(text: Text, place: number, turn: number, other: string): string[] {
  const edited = text.toSpliced(place, 1, other);
  return edited.slice(turn).concat(edited.slice(0, turn));
}

const measures: fc.Arbitrary<RougeMeasure> = fc.record({
  types: fc.oneof(
    { weight: 3, arbitrary: fc.constant<RougeType[]>(['lcs']) },
    { weight: 2, arbitrary: fc.subarray<RougeType>(['lcs', 'n_1', 'n_2', 'n_3'], { minLength: 1 }) },
  ),
  scoreFunction: fc.constantFrom<ScoreFunction>('f1', 'precision', 'recall'),
});

const floors = fc.oneof(
  fc.constantFrom(0, 0.1, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
  fc.double({ min: -0.5, max: 1, noNaN: true }),
);

function findPlainly(earlier: readonly Text[], text: Text, floor: number, measure: RougeMeasure): Closest | undefined {
  let best: Closest | undefined;
  for (const [entry, other] of earlier.entries()) {
    const score = scoreRouge(text, other, measure);
    if (score >= floor && score > (best?.score ?? -1)) best = { entry, score };
  }
  return best;
}

describe('the index', () => {
  it('finds what the plain definition finds, whatever is remembered', () => {
    fc.assert(
      fc.property(texts, measures, floors, (list, measure, floor) => {
        const index = new RougeIndex(measure);
        for (const [position, text] of list.entries()) {
          const passage = index.read(text);
          const expected = findPlainly(list.slice(0, position), text, floor, measure);
          expect(index.findClosest(passage, floor)).toEqual(expected);
          index.add(passage);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('finds it among many texts that share words, of many sizes', () => {
    const random = createRandom('many');
    const templates = ['a b c d e', 'a b c', 'c a b f g h i'];
    const many = Array.from({ length: 1200 }, (_, number) => {
      const words = Array.from({ length: random.integer(5) }, () => `w${random.integer(number)}`);
      return `${random.choice(templates)} ${words.join(' ')}`.trim().split(' ');
    });
    for (const scoreFunction of ['f1', 'precision', 'recall'] as const) {
      const measure: RougeMeasure = { types: ['lcs'], scoreFunction };
      const index = new RougeIndex(measure);
      for (const text of many.slice(0, 1150)) index.add(index.read(text));
      for (const text of many.slice(1150)) {
        for (const floor of [0, 0.7, 0.95]) {
          const expected = findPlainly(many.slice(0, 1150), text, floor, measure);
          expect(index.findClosest(index.read(text), floor)).toEqual(expected);
        }
      }
    }
  });

  it('gives the first of several equally close texts', () => {
    const index = new RougeIndex({ types: ['lcs'], scoreFunction: 'f1' });
    for (const text of ['z', 'a b c', 'c b a', 'a b c']) index.add(index.read(text.split(' ')));
    expect(index.findClosest(index.read(['a', 'b', 'c']), 0.5)).toEqual({ entry: 1, score: 1 });
  });

  it('forgets the text looked for', () => {
    const index = new RougeIndex({ types: ['lcs'], scoreFunction: 'f1' });
    index.add(index.read(['a', 'b']));
    index.findClosest(index.read(['x', 'y']), 0);
    expect(index.findClosest(index.read(['x', 'y']), 0.1)).toBeUndefined();
    expect(index.findClosest(index.read(['a', 'b']), 0.1)).toEqual({ entry: 0, score: 1 });
  });
});
