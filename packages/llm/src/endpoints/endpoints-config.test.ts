import { startFakeServer } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { createTestServices } from '../__fixtures__/services.js';
import { OllamaProvider } from '../providers/ollama/provider.js';
import { OpenAIProvider } from '../providers/openai/provider.js';
import { placeAtFirst, splitEndpoints } from './endpoints-config.js';

describe('splitEndpoints', () => {
  it('gives each endpoint what its block has, and what it says itself', () => {
    const config = {
      name: 'g',
      api_key: 'shared',
      endpoints: ['http://a', { base_url: 'http://b', api_key: 'own', call_limit: 3 }],
    };
    expect(splitEndpoints(config)).toEqual([
      { name: 'g', api_key: 'shared', base_url: 'http://a' },
      { name: 'g', api_key: 'own', base_url: 'http://b', call_limit: 3 },
    ]);
    expect(placeAtFirst(config)).toEqual({ ...config, base_url: 'http://a' });
  });

  it('leaves a configuration without endpoints as it is', () => {
    const config = { base_url: 'http://a' };
    expect(splitEndpoints(config)).toEqual([config]);
    expect(placeAtFirst(config)).toBe(config);
  });
});

describe('a block with endpoints', () => {
  const create = (config: object) => new OpenAIProvider(config as never, createTestServices().services);

  it('spreads its calls, fails over, and is the same block for the ledger wherever it is served', async () => {
    await using one = await startFakeServer({ answer: () => 'here', latency: 5 });
    await using two = await startFakeServer({ answer: () => 'here', latency: 5 });
    const urls = [one, two].map(({ url }) => `${url}/v1`);
    const block = create({ name: 'g', model_id_or_path: 'fake-model', endpoints: urls, call_limit: 8 });
    const alone = create({ name: 'g', model_id_or_path: 'fake-model', base_url: urls[1] });
    expect(block.definition).toEqual(alone.definition);
    const rows = Array.from({ length: 60 }, (_, id) => ({ input: `row ${id}` }));
    expect(await block.run(rows).toArray()).toMatchObject(rows.map(({ input }) => ({ input, result: 'here' })));
    const counts = [one, two].map((server) => server.counts().byOutcome.ok ?? 0);
    expect(counts.reduce((sum, count) => sum + count)).toBe(60);
    expect(Math.min(...counts)).toBeGreaterThan(15);
    await one.down();
    expect(await block.run(rows).toArray()).toMatchObject(rows.map(({ input }) => ({ input, result: 'here' })));
    await block.close();
  });

  it.each([
    [{ base_url: 'http://c', endpoints: ['http://a'] }, 'name the address among the endpoints'],
    [{ endpoints: ['http://a', 'http://a'] }, 'http://a stands there twice'],
    [{ endpoints: [{ url: 'http://a' }] }, 'endpoints'],
    [{ endpoints: [] }, 'endpoints'],
    [{ endpoints: 'http://a' }, 'endpoints'],
  ])('refuses %j', (config, problem) => {
    expect(() => create({ name: 'g', model_id_or_path: 'm', ...config })).toThrow(problem);
  });

  it('keeps the key of every endpoint out of sight', () => {
    const { services, secrets } = createTestServices();
    const endpoints = [
      { base_url: 'http://a', api_key: 'first-key' },
      { base_url: 'http://b', api_key: 'second-key' },
    ];
    const block = new OllamaProvider({ name: 'g', model_id_or_path: 'm', endpoints } as never, services);
    expect(secrets.sort()).toEqual(['first-key', 'second-key']);
    expect(JSON.stringify(block.definition)).not.toContain('key');
  });
});
