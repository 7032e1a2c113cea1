import { blocks, createScriptServices, type BlockConfig, type Row } from '@dgt/core';
import { modelBlocks, modelConfigFields } from '@dgt/llm';
import { startFakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findExamples, readDocument } from './documents.js';

const page = readDocument('docs/limits.md');
const examples = findExamples(page);
const rows = Array.from({ length: 40 }, (_, id) => ({ input: `Say ${id}.` }));

function read(title: string): BlockConfig {
  const example = examples.find((example) => example.title === title);
  if (example === undefined) throw new Error(`docs/limits.md has no example "${title}"`);
  return parse(example.text.replace('${env:OPENAI_API_KEY}', 'key')) as BlockConfig;
}

/** Runs the block of an example against fake servers instead of its own; waits of the block take no time. */
async function run(title: string, ...servers: FakeServerOptions[]) {
  const started = await Promise.all(servers.map((options) => startFakeServer({ answer: () => 'Said.', ...options })));
  const sleeps: number[] = [];
  let now = Date.now();
  const sleep = async (milliseconds: number) => {
    sleeps.push(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
    now += milliseconds;
  };
  const said: string[] = [];
  const log = { write: (_level: string, message: string) => void said.push(message) };
  const services = { ...createScriptServices(), clock: { now: () => now, sleep }, log };
  try {
    const config = read(title);
    const urls = started.map(({ url }) => (config.type === 'ollama' ? url : `${url}/v1`));
    const endpoints = (config['endpoints'] as (string | { base_url: string })[] | undefined)?.map((entry, index) =>
      typeof entry === 'string' ? urls[index] : Object.assign({}, entry, { base_url: urls[index] }),
    );
    const place = endpoints === undefined ? { base_url: urls[0] } : { endpoints };
    const blockClass = await blocks.load(config.type);
    const block = new blockClass({ ...config, ...place } as never, services);
    await block.prepare({ pinned: undefined, signal: new AbortController().signal });
    const startedAt = now;
    const all = (await block.run(rows, { failures: 'yield' }).toArray()) as Row[];
    const results = all.filter((row) => !('error' in row));
    await block.close();
    const answered = started.map((server) => Object.keys(server.counts().answers).length);
    return { results, answered, sleeps, said, elapsedMs: now - startedAt };
  } finally {
    await Promise.all(started.map((server) => server.close()));
  }
}

beforeAll(() => {
  blocks.announce(modelBlocks);
});

describe('docs/limits.md', () => {
  it('paces requests as declared', async () => {
    const { results, elapsedMs } = await run('declared limits', {});
    expect(results).toHaveLength(40);
    // 500 a minute, and one sixtieth less.
    expect(elapsedMs).toBeGreaterThan((39 / 500) * 60_000);
    expect(elapsedMs).toBeLessThan((45 / 500) * 60_000);
  });

  it('tries again as told', async () => {
    const faults = { rates: { serverError: 0.3 }, seed: 1 };
    const { results, sleeps } = await run('retries', { faults, models: ['qwen3'] });
    expect(results).toHaveLength(40);
    expect(Math.min(...sleeps)).toBeGreaterThanOrEqual(1000);
    const { retry } = read('retries') as { retry?: { retry_on?: string[] } };
    const named = [...page.matchAll(/^\| `(\w+)` \| .* \| tried again.* \|$/gm)].map(([, cause]) => cause);
    expect(named.filter((cause) => cause !== 'bad_answer').sort()).toEqual(retry?.retry_on?.sort());
  });

  it('ends a row at the first failure that is not to be tried again', async () => {
    const { results } = await run('retries', { faults: { rates: { brokenJson: 0.3 }, seed: 1 }, models: ['qwen3'] });
    expect(results.length).toBeLessThan(40);
    expect(results.length).toBeGreaterThan(10);
  });

  it('runs when the server is there', async () => {
    const { results, said } = await run('a server that is still starting', {});
    expect(results).toHaveLength(40);
    expect(said).toEqual([]);
  });

  it('uses several servers', async () => {
    const { results, answered } = await run('two servers', { latency: 5 }, { latency: 5 });
    expect(results).toHaveLength(40);
    expect(answered.reduce((sum, count) => sum + count)).toBe(40);
    for (const count of answered) expect(count).toBeGreaterThan(5);
  });

  it('lists keys that exist, with their defaults', () => {
    const [, table = ''] = /\n(\| key \|[\s\S]*?)\n\n/.exec(page) ?? [];
    const listed = [...table.matchAll(/^\| `(\w+)` \| (\S*)/gm)].map(([, key = '', shown = '']) => [key, shown]);
    const known: Record<string, { default?: unknown }> = { ...modelConfigFields, endpoints: {} };
    expect(listed).toHaveLength(9);
    for (const [key = '', shown = ''] of listed) {
      expect(Object.keys(known)).toContain(key);
      const value = known[key]?.default;
      if (value !== undefined) expect(shown).toBe(`\`${JSON.stringify(value)}\``);
    }
  });
});
