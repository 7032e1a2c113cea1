import type { LMRequest, Tool } from '@dgt/core';
import { expect, it } from 'vitest';
import { completionRequest } from './__fixtures__/test-client.js';
import { toFunctions, toHistory } from './chat-history.js';

function chat(input: LMRequest['input'], more: Partial<LMRequest> = {}): LMRequest {
  return { ...completionRequest(''), method: 'chat_completion', input, ...more };
}

it('puts what tools answered beside the calls that asked for it', () => {
  const call = (id: string, given: string | object) => ({
    id,
    type: 'function' as const,
    function: { name: 'area', arguments: given as string },
  });
  const history = toHistory(
    chat([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'How large is' },
          { type: 'text', text: 'France?' },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [call('1', { of: 'France' }), call('2', '{"of":"Mali"}')] },
      { role: 'tool', tool_call_id: '2', content: '1240192' },
      { role: 'tool', tool_call_id: '1', content: '643801' },
      { role: 'assistant', content: 'Half of Mali.' },
      { role: 'user', content: 'Sure?' },
    ]),
  );
  expect(history).toEqual([
    { type: 'system', text: 'Be brief.' },
    { type: 'user', text: 'How large is\nFrance?' },
    {
      type: 'model',
      response: [
        { type: 'functionCall', name: 'area', params: { of: 'France' }, result: '643801' },
        { type: 'functionCall', name: 'area', params: { of: 'Mali' }, result: '1240192' },
        'Half of Mali.',
      ],
    },
    { type: 'user', text: 'Sure?' },
    { type: 'model', response: [] },
  ]);
});

it('goes on with the message of an assistant that ends a chat', () => {
  const history = toHistory(
    chat([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Hello' },
    ]),
  );
  expect(history.at(-1)).toEqual({ type: 'model', response: ['Hello'] });
});

it('documents tools, unless none is to be called', () => {
  const parameters = { type: 'object', properties: { of: { type: 'string' } } };
  const tools: Tool[] = [{ type: 'function', function: { name: 'area', description: 'in km2', parameters } }];
  expect(toFunctions(chat('hi', { tools }))).toEqual({ area: { description: 'in km2', params: parameters } });
  expect(toFunctions(chat('hi', { tools, tool_choice: 'none' }))).toBeUndefined();
  expect(toFunctions(chat('hi'))).toBeUndefined();
});
