import { describe, expect, it } from 'vitest';
import { readScore, readScores, readYesNo } from './judge-answer.js';

describe('reading a yes or a no', () => {
  it.each([
    ['yes', true],
    ['No.', false],
    ['**Yes**, the answer is right.', true],
    ['YES\nbecause it is so', true],
    ['- no', false],
    ['Yes, the question is clear, but the answer is wrong.\n\nNo', false],
    ['There is no doubt about it.\nAnswer: yes', true],
    ['Let me see.\n**Final verdict:** no.', false],
    ['<score>yes</score>', true],
    ['{"verdict": "no", "why": "wrong"}', false],
  ])('%j', (answer, expected) => {
    expect(readYesNo(answer)).toBe(expected);
  });

  it.each([
    '',
    'There is no error in it.',
    'Nobody knows',
    'yesterday',
    'It is right.',
    'I cannot say yes or no here.',
  ])('finds none in %j', (answer) => {
    expect(readYesNo(answer)).toBeUndefined();
  });
});

describe('reading a score', () => {
  it.each([
    ['4', 4],
    ['**4**', 4],
    ['4.5', 4.5],
    ['-1', -1],
    ['10/10', 10],
    ['4 out of 5', 4],
    ['Score: 4', 4],
    ['The clarity is poor.\n\n**Score:** 2/5', 2],
    ['Score (1-5): 4', 4],
    ['rating is 3', 3],
    ['{"score": 7, "max": 10}', 7],
    ['Score: 2. On reflection: score = 3', 3],
    ['Step 1 is fine.\nStep 2 is wrong.\n2', 2],
  ])('%j', (answer, score) => {
    expect(readScore(answer)).toBe(score);
  });

  it.each(['', 'I give it 4 points', 'good', 'It has 3 errors in 5 lines', 'underscore: 4'])(
    'finds none in %j',
    (answer) => {
      expect(readScore(answer)).toBeUndefined();
    },
  );

  it('takes the last match of a pattern', () => {
    expect(readScore('[[3]] or rather [[5]]', /\[\[(\d+)\]\]/gu)).toBe(5);
    expect(readScore('5', /\[\[(\d+)\]\]/gu)).toBeUndefined();
  });
});

describe('reading several scores', () => {
  const names = ['clarity', 'Factual accuracy'];
  const both = { clarity: 4, 'Factual accuracy': 2 };

  it.each([
    ['{"clarity": 4, "factual accuracy": 2}'],
    ['I think:\n```json\n{"Clarity": "4", "Factual accuracy": {"score": 2, "why": "{wrong}"}}\n```'],
    ['Clarity: 4\nFactual accuracy: 2/5'],
    ['- **Clarity**: 4\n- **Factual accuracy** (1-5): 2'],
    ['{"note": "first try"} {"clarity": 4, "factual accuracy": 2}'],
  ])('%j', (answer) => {
    expect(Object.fromEntries(readScores(answer, names))).toEqual(both);
  });

  it('leaves out a name without a score', () => {
    expect(Object.fromEntries(readScores('Clarity: 4\nFactual accuracy: good', names))).toEqual({ clarity: 4 });
    expect(readScores('{ "clarity": ', names).size).toBe(0);
  });
});
