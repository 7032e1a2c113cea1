import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterAliases, toNativeParameters, unifyParameters, type ParameterName } from './parameters.js';

const all: ParameterName[] = ['max_tokens', 'temperature', 'top_p', 'seed', 'stop', 'response_format'];

describe('unifyParameters', () => {
  it('brings every alias to its own name', () => {
    for (const [alias, own] of Object.entries(parameterAliases)) {
      const value = own === 'stop' ? ['\n'] : 7;
      expect(unifyParameters({ [alias]: value }, all, 'fake')).toEqual({ [own]: value });
    }
  });

  it('takes one stop string for a list of one', () => {
    expect(unifyParameters({ stop: '\n\n' }, all, 'fake')).toEqual({ stop: ['\n\n'] });
  });

  it('takes a parameter given twice with one value, and refuses it with two', () => {
    expect(unifyParameters({ max_tokens: 5, num_predict: 5 }, all, 'fake')).toEqual({ max_tokens: 5 });
    expect(() => unifyParameters({ max_tokens: 5, num_predict: 6 }, all, 'fake')).toThrow(
      'max_tokens and num_predict are the same parameter with different values',
    );
  });

  it('refuses an unknown or unsupported parameter and suggests the nearest', () => {
    expect(() => unifyParameters({ temprature: 1 }, all, 'fake')).toThrow(
      'fake cannot honour the parameter "temprature" (did you mean "temperature"?); it takes: max_tokens, response_format',
    );
    expect(() => unifyParameters({ top_k: 4 }, all, 'fake')).toThrow('cannot honour the parameter "top_k"');
    expect(() => unifyParameters({ num_predict: 4 }, ['temperature'], 'fake')).toThrow('"num_predict"');
    expect(() => unifyParameters({ constructor: 1 }, all, 'fake')).toThrow('"constructor"');
  });

  it('refuses values of the wrong type or range', () => {
    for (const raw of [{ temperature: 'hot' }, { temperature: -1 }, { top_p: 2 }, { max_tokens: 0 }, { stop: [''] }]) {
      expect(() => unifyParameters(raw, all, 'fake')).toThrow(Object.keys(raw)[0]);
    }
  });

  it('counts what is undefined as absent', () => {
    expect(unifyParameters({ seed: undefined, unknown: undefined }, all, 'fake')).toEqual({});
  });

  it('changes nothing that is already unified', () => {
    const parameters = fc.record(
      {
        max_tokens: fc.integer({ min: 1, max: 9999 }),
        temperature: fc.double({ min: 0, max: 2, noNaN: true }),
        seed: fc.integer(),
        stop: fc.array(fc.string({ minLength: 1 })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(parameters, (given) => {
        expect(unifyParameters(given, all, 'fake')).toEqual(given);
      }),
    );
  });
});

describe('toNativeParameters', () => {
  it('renames what the table names', () => {
    const names = { max_tokens: 'num_predict', stop: 'stop' };
    expect(toNativeParameters({ max_tokens: 9, stop: ['x'] }, names)).toEqual({ num_predict: 9, stop: ['x'] });
  });
});
