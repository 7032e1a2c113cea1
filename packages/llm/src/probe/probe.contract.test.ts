import { startFakeServer, type Fault, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { createScriptServices, ProviderError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { subjects, type Config, type Subject } from '../providers/__fixtures__/subjects.js';
import { probeClient } from './probe-client.js';

const signal = new AbortController().signal;
const modes = ['non-stream', 'stream'] as const;
const silent = { ...createScriptServices(), log: { write: () => {} } };

async function probe(
  subject: Subject,
  { server: options = {}, config = {} }: { server?: FakeServerOptions; config?: Config },
) {
  await using server = await startFakeServer({ answer: () => 'Ready, as you can see.', ...options });
  const base_url = `${server.url}${subject.base}`;
  const given = { name: 'generator', model_id_or_path: 'fake-model', base_url, ...subject.needs, ...config };
  const block = new subject.provider(given as never, silent as never);
  const probes = await block.probe({ modes, signal });
  await block.close();
  return {
    probes,
    url: base_url,
    bodies: server.requests.map(({ body }) => body as Config),
    count: server.requests.length,
  };
}

describe.each(subjects)('probing $name', (subject) => {
  const methods = ['chat_completion', ...(subject.completionPath === undefined ? [] : ['completion'])];

  it.each(methods)('asks once in each mode, and says how soon the answer began: %s', async (method) => {
    const config = { method, n: 3, max_tokens: 900, stop: ['Ready'] };
    const { probes, bodies } = await probe(subject, {
      config: subject.hasChoices ? config : { method, max_tokens: 900 },
    });
    const [whole, stream] = probes;
    expect(whole).toMatchObject({ mode: 'non-stream', state: 'up', provider: subject.name, model: 'fake-model' });
    expect(whole).not.toHaveProperty('firstTokenMs');
    expect(stream).toMatchObject({ mode: 'stream', state: 'up', firstTokenMs: expect.any(Number) });
    expect(stream?.firstTokenMs).toBeLessThanOrEqual(stream?.totalMs as number);
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      const parameters = subject.readParameters(body);
      expect(parameters).toMatchObject({ [subject.nativeMaxTokens(method)]: 16 });
      expect(Object.keys(parameters)).not.toEqual(expect.arrayContaining(['n']));
    }
    expect(bodies.map(({ stream: isStream = false }) => isStream)).toEqual([false, true]);
  });

  it.each([
    ['serverError', 'DGT_PROVIDER_UNAVAILABLE'],
    ['reset', 'DGT_PROVIDER_UNAVAILABLE'],
    ['badGateway', 'DGT_PROVIDER_UNAVAILABLE'],
    ['rateLimit', 'DGT_PROVIDER_UNAVAILABLE'],
    ['cutBody', expect.stringMatching(/UNAVAILABLE|ANSWER/)],
    ['emptyAnswer', 'DGT_PROVIDER_ANSWER'],
  ] as const satisfies readonly (readonly [Fault, unknown])[])(
    'says of %s that it is down, and why',
    async (fault, code) => {
      const { probes } = await probe(subject, { server: { faults: { rates: { [fault]: 1 } } } });
      const down = { state: 'down', error: expect.objectContaining({ code }) };
      expect(probes).toMatchObject([down, down]);
    },
  );

  it('gives a server the time that the block has, and no more', async () => {
    const { probes } = await probe(subject, { server: { faults: { rates: { hang: 1 } } }, config: { timeout: 0.05 } });
    for (const { state, error } of probes) {
      expect(state).toBe('down');
      expect((error as Error).message).toContain('no answer within 0.05 s');
    }
  });

  it('shows no key', async () => {
    const { probes } = await probe(subject, { server: { requireKey: 'right-key' }, config: { api_key: 'wrong-key' } });
    for (const { error } of probes) {
      expect(error).toMatchObject({ code: 'DGT_PROVIDER_AUTH' });
      expect((error as Error).message).not.toContain('wrong-key');
    }
  });
});

describe('probing', () => {
  const [openai] = subjects.filter(({ name }) => name === 'openai') as [Subject];

  it('asks at every endpoint that serves the model', async () => {
    await using one = await startFakeServer();
    await using other = await startFakeServer({ models: ['another'] });
    const endpoints = [`${one.url}/v1`, `${other.url}/v1`];
    const block = new openai.provider({ model_id_or_path: 'fake-model', endpoints } as never, silent as never);
    expect(await block.probe({ modes: ['non-stream'], signal })).toMatchObject([
      { endpoint: endpoints[0], state: 'up' },
      { endpoint: endpoints[1], state: 'down', error: { code: 'DGT_PROVIDER_MODEL_UNKNOWN' } },
    ]);
    await block.close();
  });

  it('leaves out a stream where a provider has none', async () => {
    const client = {
      endpoint: 'here',
      model: 'm',
      complete: () => Promise.reject(new ProviderError('DGT_PROVIDER_REQUEST', 'permanent')),
    };
    const request = { version: 2, provider: 'p', model: 'm', method: 'completion', input: '', parameters: {} } as const;
    const options = { timeoutMs: 1000, clock: silent.clock, signal };
    expect(await probeClient(client as never, request, { ...options, mode: 'stream' })).toMatchObject({
      state: 'unsupported',
    });
    expect(await probeClient(client as never, request, { ...options, mode: 'non-stream' })).toMatchObject({
      state: 'down',
    });
  });
});
