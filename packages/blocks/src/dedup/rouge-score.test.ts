import { describe, expect, it } from 'vitest';
import { scoreRouge, type RougeType, type ScoreFunction } from './rouge-score.js';

const score = (self: string, other: string, types: RougeType[] = ['lcs'], scoreFunction: ScoreFunction = 'f1') =>
  scoreRouge(self.split(' ').filter(Boolean), other.split(' ').filter(Boolean), { types, scoreFunction });

describe('the ROUGE score', () => {
  it('sees a rotated sentence as nearly the same', () => {
    expect(score('x a b c d e', 'a b c d e x')).toBeCloseTo(10 / 12);
  });

  it('takes precision of the other text and recall of the judged one', () => {
    expect(score('a b', 'a b c d', ['lcs'], 'precision')).toBe(0.5);
    expect(score('a b', 'a b c d', ['lcs'], 'recall')).toBe(1);
  });

  it('equals the decimal number that a threshold is written as', () => {
    for (let common = 1; common <= 100; common++) {
      const tokens = Array.from({ length: 100 }, (_, index) => `t${index}`);
      const other = tokens.map((token, index) => (index < common ? token : `u${index}`));
      expect(scoreRouge(tokens, other, { types: ['lcs'], scoreFunction: 'f1' })).toBe(Number(`${common}e-2`));
    }
  });

  it('counts every run of tokens, the last one too', () => {
    expect(score('a b c', 'x b c', ['n_2'])).toBe(0.5);
    expect(score('c', 'c', ['n_1'])).toBe(1);
    expect(score('a a b', 'a b b', ['n_1'])).toBe(1);
    expect(score('a b', 'a b', ['n_3'])).toBe(0);
  });

  it('is the mean of the listed types', () => {
    expect(score('a b c', 'c a b', ['lcs', 'n_1'])).toBeCloseTo((2 / 3 + 1) / 2);
  });

  it('is 0 for a text without tokens', () => {
    for (const types of [['lcs'], ['n_1'], ['lcs', 'n_2']] as RougeType[][]) {
      expect(score('', '', types)).toBe(0);
      expect(score('a', '', types)).toBe(0);
    }
  });
});
