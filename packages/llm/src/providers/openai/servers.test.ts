import type { LMRow } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { createTestServices } from '../../__fixtures__/services.js';
import { startRecordedServer } from '../__fixtures__/recorded-server.js';
import { createLane } from '../__fixtures__/subjects.js';
import { OpenAIProvider } from './provider.js';
import { findServerByHost, findServerByOwner, serverNames, serverProfiles, type ServerProfile } from './servers.js';

const chatReply = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Rhine' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 1 },
};
const listOf = (owned_by: string) => ({ object: 'list', data: [{ id: 'm', object: 'model', owned_by }] });
const signal = new AbortController().signal;

function create(url: string, config: Record<string, unknown> = {}) {
  const test = createTestServices();
  const given = { model_id_or_path: 'm', base_url: `${url}/v1`, ...config };
  return { block: new OpenAIProvider(given as never, test.services), ...test };
}

async function ask(url: string, config: Record<string, unknown>, row: Partial<LMRow> = {}) {
  const { block } = create(url, config);
  const rows = block.run([{ input: 'Name a river.', ...row }], { lane: createLane().lane, failures: 'yield' });
  return (await rows.toArray())[0];
}

describe('servers that speak OpenAI’s API', () => {
  it.each([
    ['vllm', { top_k: 5, repeat_penalty: 1.1 }, { top_k: 5, repetition_penalty: 1.1 }],
    ['vllm', { guided_regex: '\\d+' }, { structured_outputs: { regex: '\\d+' } }],
    ['sglang', { guided_regex: '\\d+', min_tokens: 2 }, { regex: '\\d+', min_tokens: 2 }],
    [
      'llama_server',
      { repeat_penalty: 1.1, guided_grammar: 'root ::= "a"' },
      { repeat_penalty: 1.1, grammar: 'root ::= "a"' },
    ],
    ['lm_studio', { top_k: 5, repetition_penalty: 1.1 }, { top_k: 5, repeat_penalty: 1.1 }],
    ['openrouter', { reasoning_effort: 'low', min_p: 0.1 }, { reasoning: { effort: 'low' }, min_p: 0.1 }],
    ['openai', { max_tokens: 9 }, { max_completion_tokens: 9 }],
  ])('are sent parameters under the names of %s', async (server, config, sent) => {
    await using api = await startRecordedServer({ '/v1/chat/completions': chatReply });
    await ask(api.url, { server, ...config });
    expect(api.requests).toHaveLength(1);
    expect(api.requests[0]?.body).toMatchObject(sent);
  });

  it('are refused what they do not take, when the block is made', () => {
    expect(() => create('http://host', { server: 'tgi', top_k: 5 })).toThrow('cannot honour the parameter "top_k"');
    expect(() => create('http://host', { server: 'lm_studio', logprobs: 1 })).toThrow('"logprobs"');
    expect(() => create('http://host', { server: 'mine' })).toThrow('server');
  });

  it.each([
    ['vllm', 'vllm'],
    ['sglang', 'sglang'],
    ['llamacpp', 'llama_server'],
    ['organization_owner', 'lm_studio'],
    ['somebody', undefined],
    [undefined, undefined],
  ])('are known by the owner of their models: %s', (owner, name) => {
    expect(findServerByOwner(owner)).toBe(name);
  });

  it('are known by their address', () => {
    expect(findServerByHost('https://openrouter.ai/api/v1')).toBe('openrouter');
    expect(findServerByHost('https://api.openai.com/v1')).toBe('openai');
    expect(findServerByHost('https://api.openai.com.example.org/v1')).toBeUndefined();
    expect(findServerByHost('127.0.0.1:8000')).toBeUndefined();
  });

  it('are asked who they are only when it matters', async () => {
    await using api = await startRecordedServer({
      '/v1/models': listOf('vllm'),
      '/v1/chat/completions': chatReply,
    });
    await ask(api.url, { temperature: 0, seed: 1 });
    expect(api.requests.map(({ url }) => url)).toEqual(['/v1/chat/completions']);
    await ask(api.url, { top_k: 5, repeat_penalty: 1.2 });
    expect(api.requests.map(({ url }) => url).slice(1)).toEqual(['/v1/models', '/v1/chat/completions']);
    expect(api.requests.at(-1)?.body).toMatchObject({ repetition_penalty: 1.2 });
  });

  it('end a run before its first call when they cannot honour what the block asks for', async () => {
    await using api = await startRecordedServer({ '/v1/models': listOf('somebody'), '/v1/models/m': {} });
    const { block } = create(api.url, { top_k: 5 });
    await expect(block.prepare({ pinned: undefined, signal })).rejects.toMatchObject({
      code: 'DGT_PARAMETER_UNSUPPORTED',
      message: expect.stringContaining('`server:` says what kind of server it is') as string,
    });
  });

  it('cost the row alone whose parameter they cannot honour', async () => {
    await using api = await startRecordedServer({ '/v1/models': listOf('x'), '/v1/chat/completions': chatReply });
    const row = await ask(api.url, {}, { gen_kwargs: { top_k: 5 } });
    expect(row).toMatchObject({ error: { code: 'DGT_PARAMETER_UNSUPPORTED', failure: 'permanent' } });
  });

  it('are asked again for the answers that they leave out of n', async () => {
    await using api = await startRecordedServer({ '/v1/chat/completions': chatReply });
    const row = await ask(api.url, { seed: 7 }, { gen_kwargs: { n: 3 } });
    expect(row).toMatchObject({ result: ['Rhine', 'Rhine', 'Rhine'], addtl: { completion_tokens: 3 } });
    expect(api.requests.map(({ body }) => [body['n'], body['seed']])).toEqual([
      [3, 7],
      [undefined, 8],
      [undefined, 9],
    ]);
    const asked = api.requests.length;
    await ask(api.url, { server: 'tgi' }, { gen_kwargs: { n: 2 } });
    expect(api.requests.slice(asked).map(({ body }) => body['n'])).toEqual([undefined, undefined]);
  });

  it('have in each table at least what all have in common', () => {
    for (const name of serverNames) {
      const { parameters } = serverProfiles[name] as ServerProfile;
      for (const names of Object.values(parameters)) {
        expect(Object.keys(names)).toEqual(expect.arrayContaining(['max_tokens', 'temperature', 'stop', 'extra_body']));
      }
    }
  });
});
