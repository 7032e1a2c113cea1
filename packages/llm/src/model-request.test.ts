import type { LMRow } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { RequestBuilder, type RequestDefaults } from './model-request.js';

const completion = { temperature: 'temperature' };
const defaults: RequestDefaults = {
  block: 'generator',
  provider: 'fake',
  model: 'm',
  stringMethod: 'completion',
  parameters: { temperature: 0 },
  parameterNames: { completion, chat_completion: { ...completion, response_format: 'format' } },
};
const build = (row: unknown, by = defaults) => new RequestBuilder(by).build(row as LMRow);

describe('RequestBuilder', () => {
  it('brings a prompt and messages to one form', () => {
    const common = { version: 2, provider: 'fake', model: 'm', parameters: { temperature: 0 } };
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

  it('takes the tools of the row, else those of the block, in a chat', () => {
    const tool = (name: string) => ({ type: 'function' as const, function: { name } });
    const chat = { ...defaults, stringMethod: 'chat_completion' as const, tools: [tool('block')] };
    const choice = { type: 'function', function: { name: 'row' } } as const;
    const own = build({ input: 'hi', tools: [tool('row')], tool_choice: choice }, chat);
    expect(own).toMatchObject({ tools: [tool('row')], tool_choice: choice });
    expect(build({ input: 'hi' }, { ...chat, toolChoice: 'required' })).toMatchObject({
      tools: [tool('block')],
      tool_choice: 'required',
    });
    expect(build({ input: 'hi' })).not.toHaveProperty('tools');
    // Without tools there is nothing to choose.
    expect(build({ input: 'hi', tool_choice: 'none', tools: null })).not.toHaveProperty('tool_choice');
    expect(() => build({ input: 'hi', tools: [tool('row')] })).toThrow('cannot honour the parameter "tools"');
  });

  it('puts a continuation behind a prompt', () => {
    expect(build({ input: 'Once', continuation: ' upon' }).input).toBe('Once upon');
    const messages = [{ role: 'user', content: 'hi' }];
    expect(() => build({ input: messages, continuation: ' upon' })).toThrow('continuation beside messages');
  });

  it('takes messages of several parts, with tools and images', () => {
    const url = 'data:image/png;base64,AAAA';
    const input = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: {} } }],
      },
      { role: 'tool', tool_call_id: '1', content: '42' },
    ];
    expect(build({ input }).input).toEqual(input);
  });

  it.each([
    [{ input: 42 }, '"generator" was given 42 as "input"'],
    [{ input: [] }, 'was given [] as "input"'],
    [{ input: [{ role: 'robot', content: 'hi' }] }, 'robot'],
    [{ input: [{ role: 'user' }] }, 'was given [{"role":"user"}]'],
    [{ input: 'hi', gen_kwargs: [] }, 'was given [] as "gen_kwargs"'],
    [{ input: [{ role: 'user', content: [{ type: 'audio' }] }] }, 'audio'],
    [{ input: 'hi', tools: [{ name: 'f' }] }, 'was given [{"name":"f"}] as "tools"'],
    [{ input: 'hi', tool_choice: 'sometimes' }, 'was given "sometimes" as "tool_choice"'],
  ])('says what is wrong with the row %j', (row, message) => {
    expect(() => build(row)).toThrow(message);
  });
});
