import { OpenAI } from 'openai';
import { describe, expect, it } from 'vitest';
import type { FakeServerOptions } from '../options.js';
import { startFakeServer } from '../server.js';

const messages = [{ role: 'user' as const, content: 'Name a river.' }];

async function open(options: FakeServerOptions = {}) {
  const server = await startFakeServer(options);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
  return { server, client, [Symbol.asyncDispose]: () => server.close() };
}

const schema = {
  type: 'object',
  properties: { river: { type: 'string' }, lengthKm: { type: 'integer', minimum: 1 } },
  required: ['river', 'lengthKm'],
  additionalProperties: false,
};

describe('the fake server, to the official client of OpenAI', () => {
  it('answers a chat, several times when asked to, and says what that used', async () => {
    await using fake = await open({ answer: () => ({ text: 'The Rhine.', reasoning: 'it is long', cachedTokens: 2 }) });
    const reply = await fake.client.chat.completions.create({ model: 'm', messages, n: 3 });
    expect(reply.choices.map(({ message, finish_reason }) => [message.content, finish_reason])).toEqual(
      Array.from({ length: 3 }, () => ['The Rhine.', 'stop']),
    );
    expect(reply.usage).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 15,
      total_tokens: 18,
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 9 },
    });
    expect(reply.choices[0]?.message).toMatchObject({ reasoning_content: 'it is long' });
  });

  it('gives each choice and each prompt an answer of its own, the same each time', async () => {
    await using fake = await open();
    const ask = () => fake.client.completions.create({ model: 'm', prompt: ['a', 'b'], n: 2 });
    const texts = (await ask()).choices.map(({ text }) => text);
    expect(new Set(texts).size).toBe(4);
    expect((await ask()).choices.map(({ text }) => text)).toEqual(texts);
  });

  it('streams a chat whose pieces are the whole answer, with what it used', async () => {
    await using fake = await open();
    const whole = await fake.client.chat.completions.create({ model: 'm', messages });
    const stream = fake.client.chat.completions.stream({
      model: 'm',
      messages,
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    // The streamed request has another body and so another answer, of the same form.
    expect(final.choices[0]?.message.content).toMatch(/^Question: .+\nAnswer: \w+$/);
    expect(final.usage?.prompt_tokens).toBe(whole.usage?.prompt_tokens);
    expect(final.usage?.completion_tokens).toBeGreaterThan(3);
  });

  it('streams a completion', async () => {
    await using fake = await open({ answer: () => 'one two three' });
    const stream = await fake.client.completions.create({ model: 'm', prompt: 'count', stream: true });
    const texts: string[] = [];
    for await (const chunk of stream) texts.push(chunk.choices[0]?.text ?? '');
    expect(texts).toEqual(['one', ' two', ' three', '']);
  });

  it('answers in JSON that fits a schema', async () => {
    await using fake = await open();
    const { choices } = await fake.client.chat.completions.create({
      model: 'm',
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'river', strict: true, schema } },
    });
    const value = JSON.parse(choices[0]?.message.content ?? '') as { river: unknown; lengthKm: number };
    expect(value.river).toEqual(expect.any(String));
    expect(Number.isInteger(value.lengthKm) && value.lengthKm >= 1).toBe(true);
  });

  it('calls a tool that it must call, with arguments that fit, streamed or not', async () => {
    await using fake = await open();
    const request = {
      model: 'm',
      messages,
      tools: [{ type: 'function' as const, function: { name: 'find_river', parameters: schema } }],
      tool_choice: 'required' as const,
    };
    const { choices } = await fake.client.chat.completions.create(request);
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: 'function', function: { name: 'find_river' } });
    const streamed = await fake.client.chat.completions.stream(request).finalChatCompletion();
    const [streamedCall] = streamed.choices[0]?.message.tool_calls ?? [];
    const text = streamedCall?.type === 'function' ? streamedCall.function.arguments : '';
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['river', 'lengthKm']);
  });

  it('calls the tool of a template', async () => {
    await using fake = await open({ answer: 'tool:find_river {"river": "the {{name}}", "hint": "{{prompt}}"}' });
    const { choices } = await fake.client.chat.completions.create({ model: 'm', messages });
    const [call] = choices[0]?.message.tool_calls ?? [];
    const text = call?.type === 'function' ? call.function.arguments : '';
    expect(JSON.parse(text)).toEqual({
      river: expect.stringMatching(/^the [A-Z]\w+$/) as string,
      hint: 'Name a river.',
    });
  });

  it('gives probabilities that could be some', async () => {
    await using fake = await open({ answer: () => 'The Rhine.' });
    const { choices } = await fake.client.chat.completions.create({
      model: 'm',
      messages,
      logprobs: true,
      top_logprobs: 4,
    });
    const content = choices[0]?.logprobs?.content ?? [];
    expect(content.map(({ token }) => token).join('')).toBe('The Rhine.');
    for (const { top_logprobs } of content) {
      expect(top_logprobs).toHaveLength(4);
      expect(top_logprobs.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeLessThanOrEqual(1);
    }
    const scored = await fake.client.completions.create({
      model: 'm',
      prompt: 'a b c',
      echo: true,
      max_tokens: 0,
      logprobs: 1,
    });
    expect(scored.choices[0]).toMatchObject({
      text: 'a b c',
      logprobs: {
        tokens: ['a', ' b', ' c'],
        token_logprobs: [null, expect.any(Number), expect.any(Number)],
        text_offset: [0, 1, 3],
      },
    });
  });

  it('embeds texts: alike ones near each other, in either encoding', async () => {
    await using fake = await open();
    const input = ['What is the capital of France?', 'What is the capital of Spain?', 'Bananas are yellow.'];
    const { data, usage } = await fake.client.embeddings.create({ model: 'm', input, dimensions: 128 });
    const [france = [], spain = [], bananas = []] = data.map(({ embedding }) => embedding);
    const product = (one: number[], other: number[]) =>
      one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
    expect(france).toHaveLength(128);
    expect(product(france, france)).toBeCloseTo(1, 5);
    expect(product(france, spain)).toBeGreaterThan(0.6);
    expect(Math.abs(product(france, bananas))).toBeLessThan(0.4);
    expect(usage.prompt_tokens).toBe(15);
    const plain = await fake.client.embeddings.create({ model: 'm', input, dimensions: 128, encoding_format: 'float' });
    expect(plain.data.map(({ embedding }) => embedding)).toEqual(data.map(({ embedding }) => embedding));
  });

  it('lists its models, and says which it has not', async () => {
    await using fake = await open({ models: ['one', 'two'] });
    const page = await fake.client.models.list();
    expect(page.data.map(({ id }) => id)).toEqual(['one', 'two']);
    await expect(fake.client.models.retrieve('three')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    const asked = fake.client.chat.completions.create({ model: 'three', messages });
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it('refuses in the classes that the client knows', async () => {
    await using fake = await open({ contextLength: 5, faults: { rates: { overloaded: 1 }, maxPerCall: 1 } });
    await expect(fake.client.chat.completions.create({ model: 'm', messages })).rejects.toMatchObject({ status: 503 });
    const long = fake.client.chat.completions.create({ model: 'm', messages, max_tokens: 3 });
    await expect(long).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('tells what is left of its limits, and how long to wait', async () => {
    await using fake = await open({
      rateLimits: { requestsPerMinute: 2, tokensPerMinute: 1000 },
      answer: () => 'The Rhine.',
    });
    const ask = () => fake.client.chat.completions.create({ model: 'm', messages, max_tokens: 10 }).withResponse();
    const { response } = await ask();
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('987');
    expect(response.headers.get('x-ratelimit-reset-requests')).toBe('1m0s');
    // The first has used 5 of its 13 tokens.
    expect((await ask()).response.headers.get('x-ratelimit-remaining-tokens')).toBe('982');
    const error = await ask().catch((caught: unknown) => caught as InstanceType<typeof OpenAI.RateLimitError>);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    const { headers } = error as { headers: Headers };
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
    expect(Number(headers.get('retry-after-ms'))).toBeLessThanOrEqual(60_000);
  });
});
