import { describe, expect, it } from 'vitest';
import { readStreamEvent as readAnthropic } from '../anthropic/stream.js';
import { readStreamEvent as readOllama } from '../ollama/stream.js';
import { readStreamEvent as readOpenAI } from '../openai/stream.js';
import { followStream, type StreamReading } from './follow-stream.js';
import { createRedact } from './redact.js';

const scope = {
  provider: 'fake',
  endpoint: 'http://fake',
  model: 'm',
  keyName: 'FAKE_KEY',
  modelAdvice: 'load it',
  redact: createRedact(['hush']),
};

async function follow(read: StreamReading['read'], ...lines: readonly (object | string)[]): Promise<number> {
  let tokens = 0;
  const texts = lines.map((line) => (typeof line === 'string' ? line : `data: ${JSON.stringify(line)}`));
  await followStream(async (onLine) => texts.forEach(onLine), { scope, read, onToken: () => tokens++ });
  return tokens;
}

const delta = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});

describe('a streamed answer', () => {
  it('counts pieces of text, of thoughts and of calls, and nothing else', async () => {
    const pieces = [
      { role: 'assistant', content: '' },
      { reasoning_content: 'Hm' },
      { content: 'Yes' },
      { tool_calls: [{}] },
    ];
    expect(await follow(readOpenAI, ': waiting', '', ...pieces.map((piece) => delta(piece)), delta({}, 'stop'))).toBe(
      3,
    );
    expect(await follow(readOpenAI, { choices: [{ text: 'Yes', finish_reason: null }] }, 'data: [DONE]')).toBe(1);
    const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' } };
    const piece = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Yes' } };
    expect(await follow(readAnthropic, 'event: message_start', { type: 'ping' }, piece, end)).toBe(1);
    expect(await follow(readOllama, '{"response":"Yes","done":false}', '{"response":"","done":true}')).toBe(1);
  });

  it('may spend all on thoughts that are not shown', async () => {
    expect(await follow(readOpenAI, delta({ role: 'assistant' }), delta({}, 'length'))).toBe(0);
    expect(await follow(readAnthropic, { type: 'message_delta', delta: { stop_reason: 'max_tokens' } })).toBe(0);
  });

  it.each([
    ['breaks off', readOpenAI, [delta({ content: 'Yes' })], 'the stream broke off, or is none'],
    ['comes whole', readOpenAI, [{ choices: [{ message: { content: 'Yes' }, finish_reason: 'stop' }] }], 'or is none'],
    ['holds nothing', readOpenAI, [delta({}, 'stop')], 'the stream holds no answer'],
    ['is no JSON', readOpenAI, ['data: {"choices"', delta({ content: 'Yes' }, 'stop')], 'is not valid JSON'],
    [
      'fails on the way',
      readOpenAI,
      [delta({ content: 'Yes' }), { error: { message: 'no room, hush' } }],
      'no room, ***',
    ],
    ['fails in words of its own', readAnthropic, [{ type: 'error', error: { message: 'Overloaded' } }], 'Overloaded'],
    ['fails in a line', readOllama, ['{"error":"out of memory"}'], 'out of memory'],
  ])('is none when it %s', async (_what, read, lines, problem) => {
    await expect(follow(read, ...lines)).rejects.toThrow(problem);
  });
});
