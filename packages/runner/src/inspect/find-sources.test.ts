import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSources } from './find-sources.js';

const answer = (text: string) => ({ choices: [{ text, finish_reason: 'stop' }], usage: {} });

describe('the answers that a row was made from', () => {
  it('are those that hold its values, however these are spaced', () => {
    const answers = [answer('Question: What is a\n  range?\nAnswer: Hills'), answer('Question: Where?\nAnswer: There')];
    expect(findSources({ question: 'What is a range?', answer: 'Hills' }, answers)).toEqual([0]);
  });

  it('are told by the values that few answers hold', () => {
    const answers = [answer('{"topic": "sea", "word": "tide"}'), answer('{"topic": "sea", "word": "wave"}')];
    expect(findSources({ topic: 'sea', word: 'wave' }, answers)).toEqual([1]);
  });

  it('are several when each gave a part', () => {
    const answers = [answer('a question'), answer('an answer'), answer('something else')];
    expect(findSources({ question: 'a question', turns: [{ says: 'an answer' }] }, answers)).toEqual([0, 1]);
  });

  it('are none when no answer holds a value', () => {
    expect(findSources({ text: 'LOUD', empty: '', nothing: null }, [answer('loud')])).toEqual([]);
    expect(findSources({ text: 'LOUD' }, [])).toEqual([]);
  });

  it('hold at least one value of the row, each of them', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1 });
    fc.assert(
      fc.property(fc.array(text), fc.array(text, { minLength: 1 }), (answers, values) => {
        const found = findSources(values, answers);
        expect(found.every((index) => values.some((value) => answers[index]?.includes(value)))).toBe(true);
        const isHeld = values.some((value) => answers.some((text) => text.includes(value)));
        expect(found.length > 0).toBe(isHeld);
      }),
    );
  });
});
