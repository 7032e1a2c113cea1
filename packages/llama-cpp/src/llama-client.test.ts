import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LMChoice, LMClient, LMRequest } from '@dgt/core';
import { geographyPrompt, parsePair } from './__fixtures__/geography-prompt.js';
import { callContext, completionRequest, openClient } from './__fixtures__/test-client.js';

const settings = { temperature: 0.8, top_k: 40, max_tokens: 128 } as const;
const numbers = Array.from({ length: 20 }, (_, number) => number);

let client: LMClient;
beforeAll(() => {
  client = openClient({ sequences: 4 });
});
afterAll(() => client.close());

/** The one choice of an answer, with its usage. */
async function completeOne(request: LMRequest, context = callContext(), from: LMClient = client) {
  const { choices, usage } = await from.complete(request, context);
  expect(choices).toHaveLength(1);
  return { ...(choices[0] as LMChoice), usage };
}

function completePair(number: number, from: LMClient = client): Promise<{ text: string }> {
  const request = completionRequest(geographyPrompt(number), settings);
  return completeOne(request, callContext({ seed: 1000 + number }), from);
}

describe('completion', () => {
  it('writes well-formed pairs in at least 18 of 20 answers', async () => {
    const answers = await Promise.all(numbers.map((number) => completePair(number)));
    const pairs = answers.map(({ text }) => parsePair(text)).filter((pair) => pair !== undefined);
    expect(pairs.length).toBeGreaterThanOrEqual(18);
    expect(new Set(pairs.map(({ question }) => question)).size).toBeGreaterThanOrEqual(17);
  });

  it('ends by itself with the number of tokens it read and wrote', async () => {
    const answer = await completeOne(completionRequest(geographyPrompt(1), settings), callContext());
    expect(answer.finish_reason).toBe('stop');
    expect(answer.usage.prompt_tokens).toBeGreaterThan(60);
    expect(answer.usage.prompt_tokens).toBeLessThan(200);
    expect(answer.usage.completion_tokens).toBeGreaterThan(5);
  });

  it('ends at max_tokens, and says so', async () => {
    const answer = await completeOne(completionRequest(geographyPrompt(1), { max_tokens: 3 }), callContext());
    expect(answer.finish_reason).toBe('length');
    expect(answer.usage.completion_tokens).toBe(3);
  });

  it('ends before the first stop string', async () => {
    const parameters = { ...settings, stop: ['Answer:', 'never written'] };
    const answer = await completeOne(completionRequest(geographyPrompt(1), parameters), callContext());
    expect(answer.text).toMatch(/^Question: .*\?\s*$/);
    expect(answer.finish_reason).toBe('stop');
  });

  it('ends where the context does', async () => {
    for (const method of ['completion', 'chat_completion'] as const) {
      const request = { ...completionRequest(geographyPrompt(1), settings), method };
      const { prompt_tokens = 0 } = (await completeOne(request, callContext())).usage;
      const shorter = { ...request, parameters: { ...settings, num_ctx: prompt_tokens + 4 } };
      const answer = await completeOne(shorter, callContext());
      expect(answer).toMatchObject({ finish_reason: 'length', usage: { prompt_tokens, completion_tokens: 3 } });
    }
  });

  it('takes a prompt that leaves room for a single token', async () => {
    const small = openClient({ num_ctx: 256, sequences: 1 });
    const pad = (words: number) => completionRequest(`${geographyPrompt(1)}${' Paris'.repeat(words)}`, settings);
    const { prompt_tokens = 0 } = (await small.complete(pad(50), callContext())).usage;
    const longest = await small.complete(pad(50 + 254 - prompt_tokens), callContext());
    expect(longest.usage).toEqual({ prompt_tokens: 254, completion_tokens: 1 });
    const longer = small.complete(pad(51 + 254 - prompt_tokens), callContext());
    await expect(longer).rejects.toMatchObject({ code: 'DGT_PROMPT_TOO_LONG' });
    await small.close();
  });
});

describe('chat', () => {
  it('answers messages and single prompts in the template of the model', async () => {
    const messages: LMRequest = {
      ...completionRequest('', settings),
      method: 'chat_completion',
      input: [{ role: 'user', content: geographyPrompt(3) }],
    };
    const reply = await completeOne(messages, callContext());
    expect(parsePair(reply.text)).toBeDefined();
    expect(reply.finish_reason).toBe('stop');
    expect(reply.text).not.toContain('<|im_end|>');
    const same = await completeOne({ ...messages, input: geographyPrompt(3) }, callContext());
    expect(same).toEqual(reply);
  });

  it('refuses what a model file cannot take, for this row alone', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } } as const;
    for (const message of [{ role: 'tool', content: '42' } as const, { role: 'user', content: [image] } as const]) {
      const request: LMRequest = { ...completionRequest(''), method: 'chat_completion', input: [message] };
      await expect(client.complete(request, callContext())).rejects.toMatchObject({
        code: 'DGT_PROVIDER_REQUEST',
        failure: 'permanent',
      });
    }
  });
});

describe('response_format', () => {
  const askForJson = (number: number) =>
    `${geographyPrompt(number).trimEnd().replace('in the similar format.', '')} as one JSON object with the keys "question" and "answer".\n\n`;

  it('holds answers to a JSON schema', async () => {
    const string = { type: 'string' };
    const schema = {
      type: 'object',
      properties: { question: string, answer: string },
      required: ['question', 'answer'],
    };
    const response_format = { type: 'json_schema', json_schema: { name: 'pair', schema } } as const;
    const parameters = { ...settings, max_tokens: 200, response_format };
    for (const number of numbers.slice(0, 5)) {
      const request = completionRequest(askForJson(number), parameters);
      const { text, finish_reason } = await completeOne(request, callContext({ seed: number }));
      if (finish_reason === 'stop') expect(Object.keys(JSON.parse(text) as object)).toEqual(['question', 'answer']);
    }
  });

  it('holds answers to any JSON object', async () => {
    const parameters = { ...settings, max_tokens: 200, response_format: { type: 'json_object' } as const };
    const { text, finish_reason } = await completeOne(completionRequest(askForJson(2), parameters), callContext());
    expect(finish_reason).toBe('stop');
    expect(JSON.parse(text)).toBeTypeOf('object');
  });
});

describe('seeds', () => {
  it('give the same text again, whatever is generated at the same time', async () => {
    const alone: string[] = [];
    for (const number of numbers) alone.push((await completePair(number)).text);
    const together = await Promise.all(numbers.map((number) => completePair(number)));
    const reversed = await Promise.all([...numbers].reverse().map((number) => completePair(number)));
    expect(together.map(({ text }) => text)).toEqual(alone);
    expect(reversed.reverse().map(({ text }) => text)).toEqual(alone);
  });

  it('of the request come before those of the call', async () => {
    const request = completionRequest(geographyPrompt(1), { ...settings, seed: 5 });
    const first = await completeOne(request, callContext({ seed: 1 }));
    const second = await completeOne(request, callContext({ seed: 2 }));
    expect(second.text).toBe(first.text);
    const other = await completeOne(completionRequest(geographyPrompt(1), settings), callContext({ seed: 2 }));
    expect(other.text).not.toBe(first.text);
  });
});

describe('sequences', () => {
  it('serve more calls than there are sequences', async () => {
    const calls = Array.from({ length: 16 }, (_, number) => completePair(number));
    for (const { text } of await Promise.all(calls)) expect(text).not.toBe('');
  });

  it('can be decoded as one batch', async () => {
    const batched = openClient({ sequences: 8, reproducible: false });
    const answers = await Promise.all(numbers.map((number) => completePair(number, batched)));
    expect(answers.filter(({ text }) => parsePair(text)).length).toBeGreaterThanOrEqual(18);
    await batched.close();
  });
});

describe('cancelling', () => {
  it('rejects between tokens with the reason of the signal, and the sequence can be used again', async () => {
    const single = openClient({ sequences: 1 });
    await completePair(1, single);
    const controller = new AbortController();
    const reason = new Error('enough');
    const long = completionRequest(geographyPrompt(1), { ...settings, max_tokens: 800, temperature: 1.5 });
    const running = single.complete(long, callContext({ signal: controller.signal }));
    const waiting = single.complete(long, callContext({ signal: controller.signal }));
    const rejections = Promise.all([expect(running).rejects.toBe(reason), expect(waiting).rejects.toBe(reason)]);
    setImmediate(() => controller.abort(reason));
    const abortedAt = performance.now();
    await rejections;
    expect(performance.now() - abortedAt).toBeLessThan(1000);
    expect((await completePair(1, single)).text).toBe((await completePair(1)).text);
    await single.close();
  });
});

describe('what cannot be served', () => {
  it('is a prompt longer than the context', async () => {
    const request = completionRequest(geographyPrompt(1).repeat(20), settings);
    await expect(client.complete(request, callContext())).rejects.toMatchObject({
      code: 'DGT_PROMPT_TOO_LONG',
      failure: 'permanent',
      message: expect.stringMatching(
        /^a prompt of \d{4} tokens is too long for dgt-geo-micro, which holds 1024/,
      ) as string,
    });
  });

  it('is a model file that does not exist', async () => {
    const absent = openClient({ model_id_or_path: 'models/absent.gguf' });
    const missing = { code: 'DGT_MODEL_FILE_MISSING' };
    await expect(absent.complete(completionRequest('x'), callContext())).rejects.toMatchObject(missing);
    const availability = await absent.checkAvailability(new AbortController().signal);
    expect(availability).toMatchObject({ available: false, error: missing });
    await absent.close();
  });
});
