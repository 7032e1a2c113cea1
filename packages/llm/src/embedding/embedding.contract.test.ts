import { blocks, type ProviderError } from '@dgt/core';
import { startFakeServer, type FakeServer, type FakeServerOptions, type Fault } from '@dgt/testkit/fake-server';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestServices } from '../__fixtures__/services.js';
import { modelBlocks } from '../manifest.js';
import { createLane, type Config } from '../providers/__fixtures__/subjects.js';
import { startRecordedServer } from '../providers/__fixtures__/recorded-server.js';
import { OllamaEmbedding } from '../providers/ollama/embedding.js';
import { OpenAIEmbedding } from '../providers/openai/embedding.js';
import type { EmbeddingModel } from './embedding-model.js';
import { readBatches } from './read-batches.js';

type EmbeddingClass = new (config: never, services?: never) => EmbeddingModel;

const subjects = [
  {
    name: 'openai_embedding',
    provider: OpenAIEmbedding as unknown as EmbeddingClass,
    base: '/v1',
    path: '/v1/embeddings',
  },
  { name: 'ollama_embedding', provider: OllamaEmbedding as unknown as EmbeddingClass, base: '', path: '/api/embed' },
];
const faults: readonly Fault[] = ['rateLimit', 'serverError', 'reset', 'cutBody', 'brokenJson'];
const texts = (count: number) => Array.from({ length: count }, (_, id) => ({ input: `text ${id}.`, id }));

describe.each(subjects)('the provider $name', (subject) => {
  const create = (server: FakeServer, config: Config = {}) => {
    const test = createTestServices();
    const given = {
      name: 'embedder',
      model_id_or_path: 'fake-model',
      base_url: `${server.url}${subject.base}`,
      ...config,
    };
    return { block: new subject.provider(given as never, test.services as never), ...test };
  };

  async function run(rows: readonly object[], config: Config = {}, options: FakeServerOptions = {}) {
    await using server = await startFakeServer({ embeddingSize: 8, ...options });
    const { block } = create(server, config);
    const { lane, tries } = createLane();
    const results = await block.run(rows, { lane, failures: 'yield' }).toArray();
    await block.close();
    return { results, tries, requests: server.requests };
  }

  it('is found by its name', async () => {
    blocks.announce(modelBlocks);
    expect(await blocks.load(subject.name)).toBe(subject.provider);
  });

  it('gives each row the embedding of its text, in order, with everything that the rows had', async () => {
    const rows = texts(10);
    const { results } = await run(rows, { batch_size: 3 });
    expect(results).toMatchObject(rows);
    const embeddings = results.map((row) => (row as { embedding: number[] }).embedding);
    for (const embedding of embeddings) expect(embedding).toHaveLength(8);
    expect(new Set(embeddings.map(String)).size).toBe(10);
    const alone = await run(rows.slice(4, 5));
    expect(alone.results[0]).toMatchObject({ embedding: embeddings[4] });
  });

  it('asks for many texts with one request', async () => {
    const { requests, tries } = await run(texts(10), { batch_size: 4 });
    expect(requests.map(({ path, body }) => [path, (body as { input: string[] }).input.length])).toEqual([
      [subject.path, 4],
      [subject.path, 4],
      [subject.path, 2],
    ]);
    expect(tries.map(({ promptTokens }) => promptTokens)).toEqual([8, 8, 4]);
  });

  it('asks for embeddings of another length', async () => {
    const { requests } = await run(texts(1), { dimensions: 4 });
    expect(requests[0]?.body).toMatchObject({ dimensions: 4 });
  });

  it('names each batch for the server by its place, however often it is tried', async () => {
    const { requests } = await run(
      texts(4),
      { batch_size: 2 },
      { faults: { rates: { serverError: 1 }, maxPerCall: 1 } },
    );
    expect(requests.map(({ headers }) => headers['idempotency-key']).sort()).toEqual([
      't.0/0',
      't.0/0',
      't.1/0',
      't.1/0',
    ]);
  });

  it.each(faults)('tries again after the fault %s', async (fault) => {
    const { results, requests } = await run(
      texts(8),
      { batch_size: 2, max_retries: 20 },
      {
        faults: { rates: { [fault]: 0.6 }, seed: 3 },
      },
    );
    expect(results.every((row) => 'embedding' in row)).toBe(true);
    expect(requests.length).toBeGreaterThan(4);
  });

  it('costs one row when the server refuses one text of a batch', async () => {
    const badRequest = ({ body }: { body: Config }) => JSON.stringify(body['input']).includes('text 5.');
    const { results } = await run(texts(16), { batch_size: 16 }, { badRequest });
    expect(results.map((row) => ('error' in row ? (row.error as ProviderError).code : 'embedded'))).toEqual(
      texts(16).map(({ id }) => (id === 5 ? 'DGT_PROVIDER_REQUEST' : 'embedded')),
    );
  });

  it('refuses a row whose input is no text', async () => {
    await expect(run([{ input: 42 }])).rejects.toThrow('"embedder" was given 42 as "input"');
  });

  it('says before a run that the server has no such model, or that nobody is there', async () => {
    const signal = new AbortController().signal;
    await using server = await startFakeServer({ models: ['other'] });
    const prepared = create(server).block.prepare({ signal } as never);
    await expect(prepared).rejects.toMatchObject({ code: 'DGT_PROVIDER_MODEL_UNKNOWN' });
    await server.down();
    const { block, said } = create(server);
    await block.prepare({ signal } as never);
    expect(said[0]).toMatch(/^warning: embedder: .* did not answer: .*; calls will be tried again$/);
  });

  it('is defined by the model and the length, not by how it is reached', async () => {
    await using server = await startFakeServer();
    const one = create(server, { batch_size: 3, api_key: 'k' }).block.definition;
    expect(create(server).block.definition).toEqual(one);
    expect(create(server, { dimensions: 4 }).block.definition).not.toEqual(one);
  });

  it('works on one row too, in the lane of that row', async () => {
    await using server = await startFakeServer({ embeddingSize: 8 });
    const { block } = create(server);
    const { lane } = createLane();
    const embedded = await block.process({ input: 'a text' }, { lane, row: {} });
    expect(embedded.embedding).toHaveLength(8);
  });
});

it('takes a reply without an embedding for each text for no answer', async () => {
  const replies = { '/v1/embeddings': { data: [] } };
  await using api = await startRecordedServer(replies);
  const { services } = createTestServices();
  const config = { model_id_or_path: 'm', base_url: `${api.url}/v1` };
  const block = new OpenAIEmbedding(config, services);
  const [row] = await block.run(texts(1), { failures: 'yield' }).toArray();
  expect(row).toMatchObject({ error: { message: expect.stringContaining('0 embeddings for 1 texts') as string } });
  await block.close();
});

it('splits any rows into batches of one size that hold them all, in order', async () => {
  const lists = fc.array(fc.record({ id: fc.integer() }), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
      const batches: (typeof rows)[] = [];
      for await (const batch of readBatches(rows, size)) batches.push(batch);
      expect(batches.flat()).toEqual(rows);
      for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(size);
      expect(batches.every(({ length }) => length > 0 && length <= size)).toBe(true);
    }),
  );
});
