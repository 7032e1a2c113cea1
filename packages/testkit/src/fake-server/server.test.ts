import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultNames, type Fault } from './faults.js';
import { countRequests, type RequestRecord } from './report/request-record.js';
import { startFakeServer, type FakeServer } from './server.js';

interface Chat {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

/** Asks for a chat and gives the answer, or how it failed. */
async function ask(server: FakeServer, key: string, prompt = 'hello', init: RequestInit = {}): Promise<string> {
  try {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'Idempotency-Key': key },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] }),
      ...init,
    });
    if (!response.ok) return String(response.status);
    return ((await response.json()) as Chat).choices[0]?.message.content ?? 'nothing';
  } catch (error) {
    return (error as Error).name;
  }
}

describe('the fake server', () => {
  it('answers the same call alike, whoever asks, whenever and in whatever order', async () => {
    await using one = await startFakeServer();
    await using other = await startFakeServer();
    const keys = ['a', 'b', 'c', 'd'];
    const first = await Promise.all(keys.map((key) => ask(one, key)));
    const second: string[] = [];
    for (const key of [...keys].reverse()) second.unshift(await ask(other, key));
    expect(second).toEqual(first);
    expect(await Promise.all(keys.map((key) => ask(one, key)))).toEqual(first);
    expect(new Set(first).size).toBe(keys.length);
    expect(first[0]).toMatch(/^Question: .+\?\nAnswer: \w+$/);
    expect(await ask(one, 'a', 'another prompt')).not.toBe(first[0]);
  });

  it('makes hundreds of answers that are all different', async () => {
    await using server = await startFakeServer();
    const answers = await Promise.all(Array.from({ length: 500 }, (_, index) => ask(server, `key ${index}`)));
    expect(new Set(answers).size).toBe(500);
  });

  it('can repeat itself, and can answer with a function', async () => {
    await using repeating = await startFakeServer({ answer: 'repeating' });
    expect(await ask(repeating, 'a')).toBe(await ask(repeating, 'b'));
    await using echo = await startFakeServer({ answer: ({ prompt, attempt }) => `${prompt} ${attempt}` });
    expect([await ask(echo, 'a', 'x'), await ask(echo, 'a', 'x')]).toEqual(['x 1', 'x 2']);
  });

  it.each<[Fault, string]>([
    ['rateLimit', '429'],
    ['serverError', '500'],
    ['reset', 'TypeError'],
    ['hang', 'TimeoutError'],
    ['cutBody', 'TypeError'],
    ['brokenJson', 'SyntaxError'],
    ['emptyAnswer', ''],
  ])('fails as told: %s', async (fault, seen) => {
    await using server = await startFakeServer({ faults: { rates: { [fault]: 1 }, maxPerCall: 1 } });
    expect(await ask(server, 'a', 'hello', { signal: AbortSignal.timeout(100) })).toBe(seen);
    expect(await ask(server, 'a')).toMatch(/^Question/);
    expect(server.counts()).toMatchObject({ byOutcome: { [fault]: 1, ok: 1 }, answers: { a: 1 } });
  });

  it('draws the same faults for the same calls, whatever else happens', async () => {
    const rates = Object.fromEntries(faultNames.filter((name) => name !== 'hang').map((name) => [name, 0.1]));
    await using one = await startFakeServer({ faults: { rates, seed: 1 } });
    await using other = await startFakeServer({ faults: { rates, seed: 1 } });
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    const first = await Promise.all(keys.map((key) => ask(one, key)));
    const second = await Promise.all([...keys].reverse().map((key) => ask(other, key)));
    expect(second.reverse()).toEqual(first);
    expect(new Set(first.filter((answer) => !answer.startsWith('Question'))).size).toBeGreaterThan(3);
  });

  it('refuses wrong keys, unknown models and bad requests', async () => {
    await using server = await startFakeServer({ requireKey: 'k', models: ['m'], badRequest: 'forbidden' });
    const headers = { Authorization: 'Bearer k' };
    expect(await ask(server, 'a')).toBe('401');
    expect(await ask(server, 'a', 'hello', { headers })).toMatch(/^Question/);
    expect(await ask(server, 'a', 'forbidden words', { headers })).toBe('400');
    expect(await ask(server, 'a', '', { headers, body: '{"model":"other"}' })).toBe('404');
    expect(server.counts().byOutcome).toEqual({ unauthorized: 1, ok: 1, badRequest: 1, unknownModel: 1 });
  });

  it('refuses connections while it is down and is at the same place when it is up', async () => {
    await using server = await startFakeServer();
    const before = await ask(server, 'a');
    await server.down();
    expect(await ask(server, 'a')).toBe('TypeError');
    await server.up();
    expect(await ask(server, 'a')).toBe(before);
    expect(server.counts().answers).toEqual({ a: 2 });
  });

  it('counts a request whose client went away as aborted, not as answered', async () => {
    await using server = await startFakeServer({ latency: 10_000 });
    expect(await ask(server, 'a', 'hello', { signal: AbortSignal.timeout(50) })).toBe('TimeoutError');
    await expect.poll(() => server.counts().byOutcome).toEqual({ aborted: 1 });
  });

  it('leaves a report in a file that outlives it, and serves one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgt-fake-'));
    try {
      const report = join(folder, 'report.jsonl');
      await using server = await startFakeServer({ report });
      await ask(server, 'a');
      await ask(server, 'a');
      const lines = (await readFile(report, 'utf8')).trim().split('\n');
      const records = lines.map((line) => JSON.parse(line) as RequestRecord);
      expect(countRequests(records)).toEqual({ requests: 2, byOutcome: { ok: 2 }, answers: { a: 2 } });
      const served = (await (await fetch(`${server.url}/__report`)).json()) as { counts: object };
      expect(served.counts).toMatchObject({ answers: { a: 2 } });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('speaks of its models in both dialects', async () => {
    await using server = await startFakeServer({ models: ['llama3:latest'] });
    const read = async (path: string) => (await fetch(`${server.url}${path}`)).json();
    expect(await read('/v1/models')).toMatchObject({ data: [{ id: 'llama3:latest' }] });
    expect(await read('/api/tags')).toMatchObject({ models: [{ name: 'llama3:latest' }] });
    expect(await read('/api/version')).toEqual({ version: '0.0.0-fake' });
    const show = async (model: string) =>
      (await fetch(`${server.url}/api/show`, { method: 'POST', body: JSON.stringify({ model }) })).status;
    expect([await show('llama3'), await show('other')]).toEqual([200, 404]);
  });
});
