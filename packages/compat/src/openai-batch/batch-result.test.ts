import { describe, expect, it } from 'vitest';
import { readBatchResult } from './batch-result.js';

const place = 'out.jsonl: row 1';

function answered(body: unknown, status = 200) {
  return { id: 'b', custom_id: 'a', response: { status_code: status, request_id: 'r', body }, error: null };
}

function say(message: object, finish_reason = 'stop') {
  return answered({ choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }] });
}

describe('a line of a batch', () => {
  it.each([
    ['a chat', say({ content: 'Yes.' }), 'Yes.'],
    ['an empty answer', say({ content: '' }), ''],
    [
      'a server that writes an empty error',
      { ...say({ content: 'Yes.' }), error: { code: null, message: '' } },
      'Yes.',
    ],
    ['a completion', answered({ choices: [{ text: 'Yes.', finish_reason: 'stop' }] }), 'Yes.'],
    [
      'a response',
      answered({
        status: 'completed',
        output: [
          { type: 'reasoning', summary: [] },
          {
            type: 'message',
            content: [
              { type: 'output_text', text: 'Ye' },
              { type: 'output_text', text: 's.' },
            ],
          },
        ],
      }),
      'Yes.',
    ],
  ])('is the answer of %s', (_what, line, content) => {
    expect(readBatchResult(line, place)).toEqual({
      id: 'a',
      sample: { id: 'a', answer: { role: 'assistant', content } },
    });
  });

  it('keeps calls of tools, and says of an answer that it was cut off or one of several', () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    expect(readBatchResult(say({ content: null, tool_calls: calls }, 'tool_calls'), place)).toMatchObject({
      sample: { answer: { content: null, tool_calls: calls } },
    });
    expect(readBatchResult(say({ content: 'Ye' }, 'length'), place)).toMatchObject({ isCut: true });
    const two = answered({ choices: [{ message: { content: 'a' } }, { message: { content: 'b' } }] });
    expect(readBatchResult(two, place)).toMatchObject({ choices: 2, sample: { answer: { content: 'a' } } });
  });

  it.each([
    ['status 500: told to fail', answered({ error: { message: 'told to fail', code: null } }, 500)],
    ['status 0: no message', answered(null, 0)],
    [
      'status 429: rate_limit_exceeded: slow down',
      answered({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429),
    ],
    [
      'batch_expired: too late',
      { custom_id: 'a', response: null, error: { code: 'batch_expired', message: 'too late' } },
    ],
    ['failed without saying why', { custom_id: 'a', response: null, error: { line: 7 } }],
    ['out of memory', { custom_id: 'a', response: null, error: 'out of memory' }],
    ['has neither a response nor an error', { custom_id: 'a', response: null, error: {} }],
    ['has neither a response nor an error', { custom_id: 'a', response: null, error: null }],
    ['has status 200 and no body', answered(null)],
    ['its body has no choices', answered({ choices: [] })],
    ['its choice has no text', say({ content: null })],
    ['the model refused: no', say({ content: null, refusal: 'no' })],
    ['the content filter stopped the answer', say({ content: '' }, 'content_filter')],
    ['its output has no text', answered({ output: [] })],
    ['its body has neither choices nor output; it has: object, data', answered({ object: 'list', data: [] })],
  ])('is a failure: %s', (failure, line) => {
    expect(readBatchResult(line, place)).toEqual({ id: 'a', failure });
  });

  it('has the custom_id of a request, and is none', () => {
    expect(() => readBatchResult({ response: null }, place)).toThrow(`${place}: expected the custom_id of a request`);
    const request = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: {} };
    expect(() => readBatchResult(request, place)).toThrow('is a request and no answer');
  });
});
