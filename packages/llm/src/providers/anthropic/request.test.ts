import type { LMRequest, Message } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { writeRequest } from './request.js';

function request(input: string | readonly Message[], more: Partial<LMRequest> = {}): LMRequest {
  const parameters = { max_tokens: 100 };
  return { version: 2, provider: 'anthropic', model: 'claude', method: 'chat_completion', input, parameters, ...more };
}
const text = (words: string) => ({ type: 'text', text: words });

describe('writeRequest', () => {
  it('keeps the system apart, and makes one turn of what one side says', () => {
    const body = writeRequest(
      request([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello.' },
        { role: 'user', content: 'How large is France?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'area', arguments: { of: 'France' } } },
            { id: '2', type: 'function', function: { name: 'area', arguments: '{"of":"Mali"}' } },
          ],
        },
        { role: 'tool', tool_call_id: '1', content: '643801' },
        { role: 'tool', tool_call_id: '2', content: '1240192' },
        { role: 'assistant', content: 'Half of Mali.' },
      ]),
    );
    expect(body).toEqual({
      model: 'claude',
      max_tokens: 100,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: [text('Hello.'), text('How large is France?')] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: '1', name: 'area', input: { of: 'France' } },
            { type: 'tool_use', id: '2', name: 'area', input: { of: 'Mali' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: '1', content: [text('643801')] },
            { type: 'tool_result', tool_use_id: '2', content: [text('1240192')] },
          ],
        },
        { role: 'assistant', content: [text('Half of Mali.')] },
      ],
    });
  });

  it('takes arguments that are no JSON as what they are', () => {
    const call = { id: '1', type: 'function', function: { name: 'area', arguments: '{"of":' } } as const;
    const { messages } = writeRequest(request([{ role: 'assistant', content: null, tool_calls: [call] }]));
    expect(messages).toMatchObject([{ content: [{ input: { text: '{"of":' } }] }]);
  });

  it('shows images by address or as they are', () => {
    const image = (url: string) => ({ type: 'image_url', image_url: { url } }) as const;
    const content = [image('https://host/a.png'), image('data:image/png;base64,AAAA')];
    expect(writeRequest(request([{ role: 'user', content }]))['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://host/a.png' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
      },
    ]);
  });

  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [{ type: 'function', function: { name: 'area' } } as const, { type: 'tool', name: 'area' }],
  ] as const)('writes the choice of a tool %j', (tool_choice, written) => {
    const tools = [{ type: 'function', function: { name: 'area' } }] as const;
    const body = writeRequest(request('hi', { tools, tool_choice }));
    expect(body).toMatchObject({ tools: [{ name: 'area', input_schema: { type: 'object' } }], tool_choice: written });
  });

  it('writes how long to think, and the shape of the answer', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const response_format = { type: 'json_schema', json_schema: { name: 'pair', schema } } as const;
    const parameters = { max_tokens: 9, stop: ['x'], reasoning_effort: 'high', response_format } as const;
    expect(writeRequest(request('hi', { parameters }))).toMatchObject({
      stop_sequences: ['x'],
      output_config: { effort: 'high', format: { type: 'json_schema', schema } },
    });
    const unthinking = writeRequest(request('hi', { parameters: { max_tokens: 9, reasoning_effort: 'none' } }));
    expect(unthinking).toMatchObject({ thinking: { type: 'disabled' } });
    expect(unthinking).not.toHaveProperty('output_config');
  });
});
