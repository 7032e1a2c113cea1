import { Ollama } from 'ollama';
import { describe, expect, it } from 'vitest';
import type { FakeServerOptions } from '../options.js';
import { startFakeServer } from '../server.js';

const messages = [{ role: 'user', content: 'Name a river.' }];

async function open(options: FakeServerOptions = {}) {
  const server = await startFakeServer(options);
  return { server, client: new Ollama({ host: server.url }), [Symbol.asyncDispose]: () => server.close() };
}

describe('the fake server, to the official client of Ollama', () => {
  it('answers a prompt and a chat', async () => {
    await using fake = await open({ answer: () => ({ text: 'The Rhine.', reasoning: 'it is long' }) });
    const chat = await fake.client.chat({ model: 'm', messages });
    expect(chat).toMatchObject({ done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 5 });
    expect(chat.message).toMatchObject({ role: 'assistant', content: 'The Rhine.', thinking: 'it is long' });
    const generated = await fake.client.generate({ model: 'm', prompt: 'Name a river.', options: { num_predict: 1 } });
    expect(generated).toMatchObject({ response: 'The', thinking: 'it is long', done_reason: 'length' });
  });

  it('streams when asked to, and when not told otherwise', async () => {
    await using fake = await open({ answer: () => 'one two three' });
    const parts: string[] = [];
    let used = 0;
    for await (const part of await fake.client.chat({ model: 'm', messages, stream: true })) {
      parts.push(part.message.content);
      used = part.eval_count;
    }
    expect(parts).toEqual(['one', ' two', ' three', '']);
    expect(used).toBe(3);
    const body = JSON.stringify({ model: 'm', prompt: 'count' });
    const response = await fetch(`${fake.server.url}/api/generate`, { method: 'POST', body });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect((await response.text()).trim().split('\n')).toHaveLength(4);
  });

  it('answers in JSON that fits a schema, or in any JSON', async () => {
    await using fake = await open();
    const format = { type: 'object', properties: { river: { enum: ['Rhine', 'Po'] } }, required: ['river'] };
    const fitting = await fake.client.chat({ model: 'm', messages, format });
    expect(['Rhine', 'Po']).toContain((JSON.parse(fitting.message.content) as { river: string }).river);
    const any = await fake.client.generate({ model: 'm', prompt: 'a pair', format: 'json' });
    expect(JSON.parse(any.response ?? '')).toEqual({
      question: expect.any(String) as string,
      answer: expect.any(String) as string,
    });
  });

  it('calls tools', async () => {
    await using fake = await open({ answer: 'tool:find_river {"length": 3}' });
    const { message } = await fake.client.chat({ model: 'm', messages });
    expect(message.tool_calls).toEqual([{ function: { name: 'find_river', arguments: { length: 3 } } }]);
  });

  it('embeds texts', async () => {
    await using fake = await open({ embeddingSize: 32 });
    const { embeddings } = await fake.client.embed({ model: 'm', input: ['a river', 'a lake'] });
    expect(embeddings.map((vector) => vector.length)).toEqual([32, 32]);
    const older = await fake.client.embeddings({ model: 'm', prompt: 'a river' });
    expect(older.embedding).toEqual(embeddings[0]);
  });

  it('speaks of its models, and says which it has not', async () => {
    await using fake = await open({ models: ['llama3.2:latest'] });
    expect((await fake.client.list()).models).toMatchObject([{ name: 'llama3.2:latest', details: { family: 'fake' } }]);
    expect((await fake.client.show({ model: 'llama3.2' })).capabilities).toContain('completion');
    await expect(fake.client.chat({ model: 'other', messages })).rejects.toMatchObject({
      status_code: 404,
      error: "model 'other' not found",
    });
    expect((await fake.client.version()).version).toBe('0.0.0-fake');
  });

  it('says when it is busy', async () => {
    await using fake = await open({ faults: { rates: { overloaded: 1 } } });
    await expect(fake.client.chat({ model: 'm', messages })).rejects.toMatchObject({ status_code: 503 });
  });
});
