import { describe, expect, it } from 'vitest';
import { dataPoint, readDataPoint } from './data-point.js';
import { ConfigError, PluginError } from './errors/dgt-error.js';
import { Type } from './schema.js';

class Pair extends dataPoint({
  question: Type.String({ minLength: 1 }),
  answer: Type.String(),
  level: Type.Integer({ default: 1 }),
}) {}

const fields = { question: 'Capital of Peru?', answer: 'Lima', level: 2 };

describe('a data point', () => {
  it('is made of its fields and unstamped', () => {
    const pair = new Pair(fields);
    expect(pair).toBeInstanceOf(Pair);
    expect({ ...pair }).toEqual({ ...fields, task_name: '', is_seed: false });
  });

  it('fills in the defaults of its schema without touching what it is made of', () => {
    class Nested extends dataPoint({ meta: Type.Object({ score: Type.Integer({ default: 3 }) }) }) {}
    const source = { meta: {} } as { meta: { score: number } };
    const point = new Nested(source);
    expect(point.meta.score).toBe(3);
    expect(source).toEqual({ meta: {} });
    point.meta.score = 4;
    expect(source).toEqual({ meta: {} });
  });

  it('can be made of another one, whose stamps it does not take over', () => {
    const seed = Object.assign(new Pair(fields), { task_name: 'geo', is_seed: true });
    expect({ ...new Pair({ ...seed, answer: 'La Paz' }) }).toEqual({
      ...fields,
      answer: 'La Paz',
      task_name: '',
      is_seed: false,
    });
    expect(new Pair(seed).is_seed).toBe(false);
    expect(seed.is_seed).toBe(true);
  });

  it.each([
    [{ question: 'q' }, 'Pair: missing "answer"'],
    [{ ...fields, anwser: 'x' }, 'Pair: unknown key "anwser" (did you mean "answer"?)'],
    [{ ...fields, question: '' }, 'Pair: question: expected text that is not empty, got ""'],
    [{ ...fields, level: '2' }, 'Pair: level: expected an integer, got "2"'],
    [null, 'Pair: missing "question"; missing "answer"'],
  ])('refuses %j and says why', (wrong, message) => {
    expect(() => new Pair(wrong as never)).toThrow(PluginError);
    expect(() => new Pair(wrong as never)).toThrow(message);
  });

  it('tells what it would accept without changing it', () => {
    const value: unknown = { question: 'q', answer: 'a' };
    expect(Pair.accepts(value)).toBe(true);
    expect(value).toEqual({ question: 'q', answer: 'a' });
    expect(Pair.accepts(new Pair(fields))).toBe(true);
    for (const wrong of [null, undefined, 'text', 5, [], {}, () => {}, { question: 'q', answer: () => {} }]) {
      expect(Pair.accepts(wrong)).toBe(false);
    }
  });

  it.each(['task_name', 'is_seed'])('cannot declare a field called %s', (field) => {
    expect(() => dataPoint({ [field]: Type.String() })).toThrow(
      expect.objectContaining({ code: 'DGT_DATA_POINT_FIELD_RESERVED' }),
    );
  });
});

describe('reading a data point', () => {
  it('leaves out the stamps of an earlier run and changes no record', () => {
    const record = { question: 'q', answer: 'a', task_name: 'other', is_seed: true };
    const pair = readDataPoint(Pair, record, 'a row');
    expect(pair).toBeInstanceOf(Pair);
    expect({ ...pair }).toEqual({ question: 'q', answer: 'a', level: 1, task_name: '', is_seed: false });
    expect(record).toEqual({ question: 'q', answer: 'a', task_name: 'other', is_seed: true });
  });

  it('blames the user, with the place and every problem', () => {
    const read = () => readDataPoint(Pair, { question: 1, anwser: 'a' }, 'seed example 3 of task "geo"');
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      'seed example 3 of task "geo": missing "answer"; unknown key "anwser" (did you mean "answer"?); ' +
        'question: expected a string, got 1',
    );
  });

  it('refuses numbers that JSON cannot hold', () => {
    class Measure extends dataPoint({ value: Type.Number() }) {}
    expect(() => new Measure({ value: Number.NaN })).toThrow(/value/);
    expect(() => new Measure({ value: Number.POSITIVE_INFINITY })).toThrow(/value/);
  });
});
