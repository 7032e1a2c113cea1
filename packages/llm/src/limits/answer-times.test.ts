import { describe, expect, it } from 'vitest';
import { AnswerTimes } from './answer-times.js';

const minute = 60_000;

describe('AnswerTimes', () => {
  it('waits half an hour while nothing was answered, and never less than five minutes', () => {
    const times = new AnswerTimes();
    expect(times.limitMs(undefined)).toBe(30 * minute);
    times.noteAnswer(200, { completion_tokens: 10 });
    expect(times.limitMs(undefined)).toBe(5 * minute);
  });

  it('waits five times as long as for the slowest answer', () => {
    const times = new AnswerTimes();
    times.noteAnswer(2 * minute, {});
    times.noteAnswer(1 * minute, {});
    expect(times.limitMs(undefined)).toBe(10 * minute);
  });

  it('waits longer for a request that may have a long answer', () => {
    const times = new AnswerTimes();
    times.noteAnswer(10_000, { completion_tokens: 100 });
    expect(times.limitMs(4000)).toBe(5 * 100 * 4000);
    expect(times.limitMs(1_000_000)).toBe(60 * minute);
  });

  it('waits longer after each time that it was too short, until there is an answer', () => {
    const times = new AnswerTimes();
    times.noteAnswer(1000, {});
    times.noteTimeout();
    expect(times.limitMs(undefined)).toBe(10 * minute);
    for (let count = 0; count < 9; count++) times.noteTimeout();
    expect(times.limitMs(undefined)).toBe(40 * minute);
    times.noteAnswer(1000, {});
    expect(times.limitMs(undefined)).toBe(5 * minute);
  });
});
