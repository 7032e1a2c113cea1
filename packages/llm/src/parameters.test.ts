import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterAliases, type ParameterName } from './parameter-fields.js';
import { toNativeParameters, unifyParameters } from './parameters.js';

const supported: ParameterName[] = [
  'max_tokens',
  'temperature',
  'top_p',
  'seed',
  'stop',
  'logprobs',
  'repeat_penalty',
  'response_format',
];
const unify = (raw: Readonly<Record<string, unknown>>) => unifyParameters(raw, { provider: 'fake', supported });

describe('unifyParameters', () => {
  it('brings every alias to its own name', () => {
    for (const [alias, own] of Object.entries(parameterAliases)) {
      const value = own === 'stop' ? ['\n'] : 7;
      expect(unify({ [alias]: value })).toEqual({ [own]: value });
    }
  });

  it('takes one stop string for a list of one', () => {
    expect(unify({ stop: '\n\n' })).toEqual({ stop: ['\n\n'] });
  });

  it('takes a parameter given twice with one value, and refuses it with two', () => {
    expect(unify({ max_tokens: 5, num_predict: 5 })).toEqual({ max_tokens: 5 });
    expect(() => unify({ max_tokens: 5, num_predict: 6 })).toThrow(
      'max_tokens and num_predict are the same parameter with different values',
    );
  });

  it('refuses an unknown or unsupported parameter and suggests the nearest', () => {
    expect(() => unify({ temprature: 1 })).toThrow(
      'fake cannot honour the parameter "temprature" (did you mean "temperature"?); it takes: logprobs, max_tokens, n, repeat_penalty',
    );
    expect(() => unify({ top_k: 4 })).toThrow('cannot honour the parameter "top_k"');
    expect(() => unifyParameters({ num_predict: 4 }, { provider: 'fake', supported: ['temperature'] })).toThrow(
      '"num_predict"',
    );
    expect(() => unify({ constructor: 1 })).toThrow('"constructor"');
  });

  it('refuses values of the wrong type or range', () => {
    for (const raw of [{ temperature: 'hot' }, { temperature: -1 }, { top_p: 2 }, { max_tokens: 0 }, { stop: [''] }]) {
      expect(() => unify(raw)).toThrow(Object.keys(raw)[0]);
    }
  });

  it('takes n everywhere, since several requests do as well', () => {
    expect(unifyParameters({ n: 3 }, { provider: 'fake', supported: [] })).toEqual({ n: 3 });
  });

  it('leaves out what is optional and not honoured, under any of its names', () => {
    const rules = { provider: 'fake', supported: ['seed'] as const, optional: new Set(['max_tokens', 'seed']) };
    expect(unifyParameters({ num_predict: 4, random_seed: 1 }, rules)).toEqual({ seed: 1 });
    expect(() => unifyParameters({ top_p: 1 }, rules)).toThrow('"top_p"');
  });

  it('takes logprobs as OpenAI’s chats and as its completions have them', () => {
    expect(unify({ logprobs: true, top_logprobs: 5 })).toEqual({ logprobs: 5 });
    expect(unify({ logprobs: 3 })).toEqual({ logprobs: 3 });
    expect(unify({ logprobs: true })).toEqual({ logprobs: 0 });
    expect(unify({ logprobs: false })).toEqual({});
  });

  it('counts what is undefined as absent', () => {
    expect(unify({ seed: undefined, unknown: undefined })).toEqual({});
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
        expect(unify(given)).toEqual(given);
      }),
    );
  });
});

describe('toNativeParameters', () => {
  it('renames what the table names', () => {
    const names = { max_tokens: 'num_predict', stop: 'stop' };
    expect(toNativeParameters({ max_tokens: 9, stop: ['x'] }, names)).toEqual({ num_predict: 9, stop: ['x'] });
  });

  it('writes members of one object together, and leaves out what has no name', () => {
    const names = { max_tokens: 'options.num_predict', seed: 'options.seed', reasoning_effort: 'reasoning.effort' };
    expect(toNativeParameters({ max_tokens: 9, seed: 1, reasoning_effort: 'low', top_k: 3 }, names)).toEqual({
      options: { num_predict: 9, seed: 1 },
      reasoning: { effort: 'low' },
    });
  });
});
