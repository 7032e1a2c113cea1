import type { LMRow } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { buildRequest, type RequestDefaults } from './model-request.js';

const completion = { temperature: 'temperature' };
const defaults: RequestDefaults = {
  block: 'generator',
  provider: 'fake',
  model: 'm',
  stringMethod: 'completion',
  parameters: { temperature: 0 },
  parameterNames: { completion, chat_completion: { ...completion, response_format: 'format' } },
};
const build = (row: unknown) => buildRequest(row as LMRow, defaults);

describe('buildRequest', () => {
  it('brings a prompt and messages to one form', () => {
    const common = { version: 1, provider: 'fake', model: 'm', parameters: { temperature: 0 } };
    expect(build({ input: 'hi' })).toEqual({ ...common, method: 'completion', input: 'hi' });
    const input = [{ role: 'user', content: 'hi' }];
    expect(build({ input })).toEqual({ ...common, method: 'chat_completion', input });
  });

  it('lets the parameters of the row win over those of the block', () => {
    expect(build({ input: 'hi', gen_kwargs: { temperature: 1 } }).parameters).toEqual({ temperature: 1 });
  });

  it('refuses a parameter that the method of the row does not honour, for this row alone', () => {
    const row = { gen_kwargs: { response_format: { type: 'json_object' } } };
    expect(build({ ...row, input: [{ role: 'user', content: 'hi' }] }).parameters).toHaveProperty('response_format');
    expect(() => build({ ...row, input: 'hi' })).toThrow(
      expect.objectContaining({ code: 'DGT_PARAMETER_UNSUPPORTED', failure: 'permanent' }),
    );
  });

  it.each([
    [{ input: 42 }, '"generator" was given 42 as "input"'],
    [{ input: [] }, 'was given [] as "input"'],
    [{ input: [{ role: 'robot', content: 'hi' }] }, 'robot'],
    [{ input: [{ role: 'user' }] }, 'was given [{"role":"user"}]'],
    [{ input: 'hi', gen_kwargs: [] }, 'was given [] as "gen_kwargs"'],
  ])('says what is wrong with the row %j', (row, message) => {
    expect(() => build(row)).toThrow(message);
  });
});
