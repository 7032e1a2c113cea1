import type { LMRow, ProviderError } from '@dgt/core';
import { createScriptLane } from '@dgt/core';
import { startFakeServer, type FakeServer, type FakeServerOptions, type Fault } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import type { ModelProvider } from '../model-provider.js';
import { createBlock, createLane, runRows, subjects, type Config } from './__fixtures__/subjects.js';
import { OllamaProvider } from './ollama/provider.js';
import { OpenAIProvider } from './openai/provider.js';

const faults: readonly Fault[] = ['rateLimit', 'serverError', 'reset', 'hang', 'cutBody', 'brokenJson', 'emptyAnswer'];
const messages = [{ role: 'user', content: 'Name a river.' }] as const;

describe.each(subjects)('the provider $name', (subject) => {
  const { base, completionPath, chatPath, needs } = subject;
  const methods = completionPath === undefined ? ['chat_completion'] : ['completion', 'chat_completion'];
  const stringMethod = methods[0];
  const create = (server: FakeServer, config: Config = {}) => createBlock(subject, server, config);
  const run = (rows: readonly LMRow[], config: Config = {}, options: FakeServerOptions = {}) =>
    runRows(subject, rows, config, options);

  it.runIf(completionPath)('gives text for a prompt, as a completion', async () => {
    const answer = () => 'The Rhine.';
    const { results, requests } = await run([{ input: 'Name a river.' }], { method: 'completion' }, { answer });
    expect(results).toEqual([
      {
        input: 'Name a river.',
        result: 'The Rhine.',
        addtl: { prompt_tokens: 3, completion_tokens: 2, finish_reason: 'stop' },
      },
    ]);
    expect(requests).toMatchObject([{ path: completionPath, body: { model: 'fake-model', prompt: 'Name a river.' } }]);
  });

  it('gives text for a prompt, as a chat', async () => {
    const answer = () => 'The Rhine.';
    const { results, requests } = await run([{ input: 'Name a river.' }], { method: 'chat_completion' }, { answer });
    expect(results[0]).toMatchObject({ result: 'The Rhine.' });
    expect(requests).toMatchObject([{ path: chatPath, body: { messages: [subject.writeUser('Name a river.')] } }]);
  });

  it('gives a message for messages, whatever the method of strings', async () => {
    const { results, requests } = await run([{ input: messages }], { method: stringMethod }, { answer: () => 'Rhine' });
    expect(results[0]).toMatchObject({ result: { role: 'assistant', content: 'Rhine' } });
    expect(requests).toMatchObject([{ path: chatPath, body: { messages: [subject.writeUser('Name a river.')] } }]);
  });

  it('gives answers in the order of the rows, with everything that the rows had', async () => {
    const rows = Array.from({ length: 40 }, (_, id) => ({ input: `row ${id}`, id, reference: { deep: [id] } }));
    const latency = { medianMs: 5, sigma: 1 };
    const { results } = await run(rows, {}, { latency, answer: ({ prompt }) => `re: ${prompt}` });
    expect(results).toMatchObject(rows);
    expect(results).toMatchObject(rows.map(({ input }) => ({ result: `re: ${input}` })));
  });

  it.each(methods)('sends parameters of the block under their native names: %s', async (method) => {
    const config = {
      method,
      max_new_tokens: 20,
      temperature: 0.5,
      top_p: 0.9,
      ...(subject.hasSeed && { random_seed: 7 }),
      stop_sequences: 'END',
    };
    const { requests } = await run([{ input: 'hello' }], config);
    expect(subject.readParameters(requests[0]?.body as Config)).toMatchObject({
      [subject.nativeMaxTokens(method)]: 20,
      temperature: 0.5,
      top_p: 0.9,
      ...(subject.hasSeed && { seed: 7 }),
      [subject.nativeStop]: ['END'],
    });
  });

  it.each(methods)('lets parameters of a row, under any alias, win: %s', async (method) => {
    const aliases = ['max_tokens', 'max_new_tokens', 'max_completion_tokens', 'num_predict', 'max_tokens_to_sample'];
    const rows = aliases.map((alias) => ({ input: alias, gen_kwargs: { [alias]: 3 } }));
    const { requests, results } = await run(rows, { method, max_tokens: 50, temperature: 0 });
    for (const { body } of requests) {
      const parameters = { [subject.nativeMaxTokens(method)]: 3, temperature: 0 };
      expect(subject.readParameters(body as Config)).toMatchObject(parameters);
    }
    expect(results).toHaveLength(5);
    for (const row of results) expect(row).toMatchObject({ addtl: { completion_tokens: 3, finish_reason: 'length' } });
  });

  it('ends an answer at the first stop string, though the server does not', async () => {
    const config = { stop: ['\n\n', 'Question:'] };
    const answer = () => 'Answer: Paris\n\nQuestion: next';
    const { results } = await run([{ input: 'go' }], config, { answer });
    expect(results[0]).toMatchObject({ result: 'Answer: Paris', addtl: { finish_reason: 'stop' } });
  });

  it('refuses a parameter of the block that it cannot honour, before anything runs', async () => {
    await using server = await startFakeServer();
    expect(() => create(server, { temprature: 1 })).toThrow('temprature');
    expect(() => create(server, { max_tokens: 1, num_predict: 2 })).toThrow('different values');
  });

  it('ends only the row whose parameters it cannot honour', async () => {
    const rows = [{ input: 'a' }, { input: 'b', gen_kwargs: { temprature: 1 } }, { input: 'c' }];
    const { results, requests } = await run(rows);
    expect(results.map((row) => 'error' in row)).toEqual([false, true, false]);
    expect((results[1] as { error: ProviderError }).error).toMatchObject({
      code: 'DGT_PARAMETER_UNSUPPORTED',
      failure: 'permanent',
    });
    expect(requests).toHaveLength(2);
  });

  it('asks for JSON in the way of its API', async () => {
    const properties = { river: { type: 'string' } };
    const schema = { type: 'object', properties, required: ['river'], additionalProperties: false };
    const response_format = { type: 'json_schema', json_schema: { name: 'river', schema } };
    const { requests } = await run([{ input: messages, gen_kwargs: { response_format } }]);
    expect(requests[0]?.body).toMatchObject(subject.writeFormat(schema));
  });

  it('names each call for the server, the same for each try', async () => {
    const { requests } = await run([{ input: 'a' }], {}, { faults: { rates: { serverError: 1 } } });
    expect(requests.map(({ key }) => key)).toEqual(['t.0/0', 't.0/0', 't.0/0', 't.0/0']);
  });

  it.each(faults)('tries again after the fault %s, holding no slot meanwhile', async (fault) => {
    const config = { timeout: 0.5, call_limit: 2, max_retries: 20 };
    const options: FakeServerOptions = { faults: { rates: { [fault]: 0.6 }, seed: 3, retryAfter: 45 } };
    const rows = Array.from({ length: 6 }, (_, id) => ({ input: `row ${id}` }));
    const { results, tries, clock, counts } = await run(rows, config, options);
    const failed = counts.byOutcome[fault] ?? 0;
    expect(failed).toBeGreaterThan(0);
    expect(results.every((row) => typeof (row as { result?: unknown }).result === 'string')).toBe(true);
    expect(counts.byOutcome.ok).toBe(6);
    expect(tries.filter(({ outcome }) => outcome === 'error')).toHaveLength(failed);
    expect(tries.filter(({ outcome }) => outcome === 'ok')).toHaveLength(6);
    expect(clock.sleeps.length).toBeGreaterThanOrEqual(failed);
    const asAsked = clock.sleeps.filter((slept) => slept >= 45_000);
    if (fault === 'rateLimit') expect(asAsked.length).toBeGreaterThanOrEqual(failed);
  });

  it('costs one row when the server refuses one request of a hundred', async () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ input: `row ${id}.` }));
    const { results } = await run(rows, {}, { badRequest: 'row 41.' });
    const errors = results.filter((row) => 'error' in row);
    expect(results).toHaveLength(100);
    expect(errors).toMatchObject([
      { input: 'row 41.', error: { code: 'DGT_PROVIDER_REQUEST', failure: 'permanent', statusCode: 400 } },
    ]);
  });

  it('ends at the first call when the key is wrong, and shows the key nowhere', async () => {
    await using server = await startFakeServer({ requireKey: 'right' });
    const key = 'secret-key-4242';
    const { block, secrets } = create(server, { api_key: key });
    const running = block.run([{ input: 'a' }], { lane: createLane().lane }).toArray();
    const error = await running.then(
      () => undefined,
      (caught: unknown) => caught as ProviderError,
    );
    expect(error).toMatchObject({ code: 'DGT_PROVIDER_AUTH', failure: 'fatal', statusCode: 401 });
    expect(error?.remedy).toContain(subject.keyName);
    const shown = [error?.message, error?.stack, error?.remedy, JSON.stringify(error?.details), String(error?.cause)];
    expect(shown.join()).not.toContain(key);
    expect(error?.message).toContain('Incorrect API key provided: ***');
    expect(secrets).toContain(key);
    const prepared = create(server, { api_key: key }).block.prepare({
      pinned: undefined,
      signal: AbortSignal.timeout(5000),
    });
    await expect(prepared).rejects.toMatchObject({ code: 'DGT_PROVIDER_AUTH' });
  });

  it('ends with advice when the server has no such model, before the run and in it', async () => {
    await using server = await startFakeServer({ models: ['llama3', 'qwen3'] });
    const expected = { code: 'DGT_PROVIDER_MODEL_UNKNOWN', failure: 'fatal' };
    const prepared = create(server).block.prepare({ pinned: undefined, signal: new AbortController().signal });
    if (subject.hasModels) await expect(prepared).rejects.toMatchObject(expected);
    else await expect(prepared).resolves.toBeUndefined();
    const running = create(server)
      .block.run([{ input: 'a' }], { lane: createLane().lane })
      .toArray();
    await expect(running).rejects.toMatchObject(expected);
    const known = subject.hasModels ? '; it has: llama3, qwen3' : '';
    await expect(running).rejects.toThrow(`has no model "fake-model"${known}`);
    const advice = subject.name === 'ollama' ? 'ollama pull fake-model' : 'Correct model_id_or_path';
    await expect(running).rejects.toHaveProperty('remedy', expect.stringContaining(advice));
  });

  it('says when base_url is not an API of its kind', async () => {
    await using server = await startFakeServer();
    const { block } = create(server, { base_url: `${server.url}/elsewhere` });
    const running = block.run([{ input: 'a' }], { lane: createLane().lane }).toArray();
    await expect(running).rejects.toMatchObject({ code: 'DGT_PROVIDER_ANSWER', failure: 'fatal' });
  });

  it('ends as "down" when nobody is there for longer than max_outage', async () => {
    const server = await startFakeServer();
    await server.close();
    const { block, clock } = create(server, { max_outage: 120 });
    const { lane, tries } = createLane();
    const startedAt = clock.now();
    const rows = Array.from({ length: 30 }, (_, id) => ({ input: `row ${id}` }));
    const running = block.run(rows, { lane }).toArray();
    await expect(running).rejects.toMatchObject({ code: 'DGT_ENDPOINT_DOWN', failure: 'down' });
    expect(clock.now() - startedAt).toBeLessThan(300_000);
    // Nothing reached a server, so there is nothing to bill.
    expect(tries).toEqual([]);
  });

  it('goes on when a server that was down comes back', async () => {
    await using server = await startFakeServer({ answer: () => 'here' });
    await server.down();
    const { block, clock } = create(server);
    const sleep = clock.sleep.bind(clock);
    let sleeps = 0;
    clock.sleep = async (milliseconds, signal) => {
      if (++sleeps === 12) await server.up();
      await sleep(milliseconds, signal);
    };
    const rows = Array.from({ length: 10 }, (_, id) => ({ input: `row ${id}` }));
    const results = await block.run(rows, { lane: createLane().lane }).toArray();
    expect(results).toMatchObject(rows.map(({ input }) => ({ input, result: 'here' })));
    expect(server.counts().byOutcome).toEqual({ ok: 10 });
  });

  it('stops at once with the reason of the signal', async () => {
    await using server = await startFakeServer({ faults: { rates: { hang: 1 } } });
    const { block } = create(server);
    const controller = new AbortController();
    const { lane, tries } = createLane({ signal: controller.signal });
    const running = block.run([{ input: 'a' }, { input: 'b' }], { lane }).toArray();
    const reason = new Error('cancelled by the user');
    setTimeout(() => controller.abort(reason), 30);
    await expect(running).rejects.toBe(reason);
    expect(tries.every(({ outcome, reason }) => outcome === 'error' && reason === 'cancelled')).toBe(true);
  });

  it('has no more calls in flight than call_limit', async () => {
    await using server = await startFakeServer({ latency: 5 });
    const { block } = create(server, { call_limit: 3 });
    const rows = Array.from({ length: 30 }, (_, id) => ({ input: `row ${id}` }));
    await block.run(rows, { lane: createLane().lane }).toArray();
    expect(server.counts().mostInFlight).toBe(3);
    expect(block.callLimit).toBe(3);
  });

  it('shares one limit, the larger, among the blocks of a run that call the same model', async () => {
    await using server = await startFakeServer({ latency: 5 });
    const { services, block: narrow } = create(server, { call_limit: 2 });
    const base_url = `${server.url}${base}`;
    const config = { model_id_or_path: 'fake-model', base_url, call_limit: 5, ...needs };
    const wide = new subject.provider(config as never, services as never);
    const rows = Array.from({ length: 30 }, (_, id) => ({ input: `row ${id}` }));
    const run = (block: ModelProvider) => block.run(rows, { lane: createLane().lane }).toArray();
    await Promise.all([run(narrow), run(wide)]);
    expect(server.counts().mostInFlight).toBe(5);
  });

  it('is defined by model, method and parameters, not by how it is reached', async () => {
    await using server = await startFakeServer();
    const one = create(server, { num_predict: 9, api_key: 'a', call_limit: 1 }).block;
    const other = create(server, { max_tokens: 9, base_url: 'http://elsewhere/v1', timeout: 5 }).block;
    expect(one.definition).toEqual(other.definition);
    expect(one.definition).toMatchObject({ type: subject.name, model: 'fake-model', parameters: { max_tokens: 9 } });
    expect(create(server, { temperature: 1 }).block.definition).not.toEqual(one.definition);
  });

  it('works alone in a script', async () => {
    await using server = await startFakeServer({ answer: () => 'hello' });
    const base_url = `${server.url}${base}`;
    const block = new subject.provider({ model_id_or_path: 'fake-model', base_url, ...needs } as never);
    const rows = await block.run([{ input: 'hi', id: 1 }]).toArray();
    expect(rows).toMatchObject([{ input: 'hi', id: 1, result: 'hello' }]);
  });
});

describe('what is the same to a model', () => {
  it('asks Ollama with the seed of the call, unless the user gave one; OpenAI only with the user’s', async () => {
    await using server = await startFakeServer();
    const config = { model_id_or_path: 'fake-model' };
    const ollama = new OllamaProvider({ ...config, base_url: server.url });
    const openai = new OpenAIProvider({ ...config, base_url: `${server.url}/v1` });
    const rows = [{ input: 'a' }, { input: 'b', gen_kwargs: { seed: 1 } }];
    await ollama.run(rows, { lane: createLane().lane }).toArray();
    await openai.run(rows, { lane: createLane().lane }).toArray();
    const bodies = server.requests.map(({ path, body }) => [path, body as Config] as const);
    const seeds = (path: string) =>
      bodies
        .filter(([at]) => at === path)
        .map(([, body]) => (body['options'] as Config | undefined)?.['seed'] ?? body['seed']);
    expect(seeds('/api/generate').sort()).toEqual([1, 4711]);
    expect(seeds('/v1/chat/completions')).toEqual(expect.arrayContaining([undefined, 1]));
  });

  it('repeats a script: the same seeds go out again', async () => {
    await using server = await startFakeServer();
    const block = new OllamaProvider({ model_id_or_path: 'fake-model', base_url: server.url });
    const ask = () => block.run([{ input: 'a' }], { lane: createScriptLane({ randomSeed: 5 }) }).toArray();
    await ask();
    await ask();
    expect(server.requests[0]?.body).toEqual(server.requests[1]?.body);
  });
});
