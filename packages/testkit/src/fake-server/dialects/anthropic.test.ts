import { describe, expect, it } from 'vitest';
import type { FakeServerOptions } from '../options.js';
import { startFakeServer } from '../server.js';

const messages = [{ role: 'user', content: [{ type: 'text', text: 'Name a river.' }] }];
const tools = [
  {
    name: 'find_river',
    input_schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  },
];

async function ask(options: FakeServerOptions, body: object = {}, headers: Record<string, string> = {}) {
  await using server = await startFakeServer(options);
  const response = await fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify({ model: 'claude', max_tokens: 100, messages, ...body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

describe('the fake server, to clients of Anthropic', () => {
  it('answers with a message', async () => {
    const answer = () => ({ text: 'The Rhine.', reasoning: 'it is long', cachedTokens: 4 });
    const { status, text } = await ask({ answer }, { system: 'Be short.' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      id: expect.stringMatching(/^msg_/) as string,
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [
        { type: 'thinking', thinking: 'it is long', signature: expect.any(String) as string },
        { type: 'text', text: 'The Rhine.' },
      ],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 4,
        output_tokens: 5,
        service_tier: 'standard',
      },
    });
  });

  it('stops at the limit, calls tools and refuses, each with its reason', async () => {
    const long = await ask({ answer: () => 'one two three' }, { max_tokens: 2 });
    expect(JSON.parse(long.text)).toMatchObject({ content: [{ text: 'one two' }], stop_reason: 'max_tokens' });
    const called = await ask({}, { tools, tool_choice: { type: 'tool', name: 'find_river' } });
    expect(JSON.parse(called.text)).toMatchObject({
      content: [{ type: 'tool_use', name: 'find_river', input: { name: expect.any(String) as string } }],
      stop_reason: 'tool_use',
    });
    const refused = await ask({ faults: { rates: { refusal: 1 } } });
    expect(JSON.parse(refused.text)).toMatchObject({ stop_reason: 'refusal' });
  });

  it('streams events that add up to the message', async () => {
    const answer = () => ({ text: 'one two', toolCalls: [{ name: 'find_river', arguments: { name: 'Po' } }] });
    const { text, headers } = await ask({ answer }, { stream: true });
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = text
      .trim()
      .split('\n\n')
      .map((event) => JSON.parse(event.split('\ndata: ')[1] ?? '') as { type: string; delta?: object });
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[7]?.delta).toEqual({ type: 'input_json_delta', partial_json: '{"name":"Po"}' });
    expect(events[9]).toMatchObject({ delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } });
  });

  it('fails in the words of the API', async () => {
    const overloaded = await ask({ faults: { rates: { overloaded: 1 } } });
    expect(overloaded.status).toBe(529);
    expect(JSON.parse(overloaded.text)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
    const wrong = await ask({ requireKey: 'right' });
    expect([wrong.status, wrong.text]).toEqual([401, expect.stringContaining('authentication_error')]);
    const endless = await ask({}, { max_tokens: undefined });
    expect([endless.status, endless.text]).toEqual([400, expect.stringContaining('max_tokens: Field required')]);
    const unknown = await ask({ models: ['claude-two'] });
    expect([unknown.status, unknown.text]).toEqual([404, expect.stringContaining('not_found_error')]);
  });

  it('tells what is left of its limits', async () => {
    const { headers } = await ask({ rateLimits: { requestsPerMinute: 5, tokensPerMinute: 1000 } });
    expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('4');
    expect(headers.get('anthropic-ratelimit-tokens-limit')).toBe('1000');
    expect(headers.get('anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('lists its models in its own shape', async () => {
    await using server = await startFakeServer({ models: ['claude-a', 'claude-b'] });
    const headers = { 'anthropic-version': '2023-06-01' };
    const list = await (await fetch(`${server.url}/v1/models`, { headers })).json();
    expect(list).toMatchObject({ data: [{ type: 'model', id: 'claude-a' }, {}], has_more: false, last_id: 'claude-b' });
    expect((await fetch(`${server.url}/v1/models/claude-c`, { headers })).status).toBe(404);
  });
});
