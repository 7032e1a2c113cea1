import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
    ['badGateway', '502'],
    ['overloaded', '503'],
    ['contextLength', '400'],
  ])('fails as told: %s', async (fault, seen) => {
    await using server = await startFakeServer({ faults: { rates: { [fault]: 1 }, maxPerCall: 1 } });
    expect(await ask(server, 'a', 'hello', { signal: AbortSignal.timeout(100) })).toBe(seen);
    expect(await ask(server, 'a')).toMatch(/^Question/);
    expect(server.counts()).toMatchObject({ byOutcome: { [fault]: 1, ok: 1 }, answers: { a: 1 } });
  });

  it.each<[Fault, string | RegExp]>([
    ['slowDrip', /^Question/],
    ['refusal', 'nothing'],
  ])('answers in a way that is hard to take, which has its price too: %s', async (fault, seen) => {
    await using server = await startFakeServer({ faults: { rates: { [fault]: 1 }, dripMs: 20 } });
    expect(await ask(server, 'a')).toMatch(seen);
    expect(server.counts()).toMatchObject({ byOutcome: { [fault]: 1 }, answers: { a: 1 } });
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

  it('answers from a list, each call the same again, and from the beginning at its end', async () => {
    await using server = await startFakeServer({ answer: ['one', { text: 'two' }] });
    expect(await ask(server, 'a')).toBe('one');
    expect(await ask(server, 'b')).toBe('two');
    expect(await ask(server, 'a')).toBe('one');
    expect(await ask(server, 'c')).toBe('one');
  });

  it('answers from a file, and says which line it cannot read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgt-fake-'));
    try {
      const file = join(folder, 'answers.jsonl');
      await writeFile(file, '"one"\n{"text": "two", "reasoning_tokens": 7}\n');
      await using server = await startFakeServer({ answer: `file:${file}` });
      expect([await ask(server, 'a'), await ask(server, 'b')]).toEqual(['one', 'two']);
      expect(server.report().tokens.reasoning).toBe(7);
      await writeFile(file, '"one"\n{"txt": "two"}\n');
      await expect(startFakeServer({ answer: `file:${file}` })).rejects.toThrow(`in line 2 of ${file}`);
      await writeFile(file, '');
      await expect(startFakeServer({ answer: `file:${file}` })).rejects.toThrow('at least one answer');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('fills a template with the request and with inventions that stay the same', async () => {
    await using server = await startFakeServer({
      answer: 'template:{{prompt}} to {{model}}: {{name}} {{number}} {{key}}',
    });
    const first = await ask(server, 'a', 'hi');
    expect(first).toMatch(/^hi to m: [A-Z]\w+ \d+ a$/);
    expect(await ask(server, 'a', 'hi')).toBe(first);
    expect((await ask(server, 'b', 'hi')).slice(0, -2)).not.toBe(first.slice(0, -2));
  });

  it('tells what clients did, in the process and over HTTP, until it is told to forget', async () => {
    await using server = await startFakeServer({
      answer: () => 'one two',
      usage: { cachedShare: 0.5, reasoningTokens: 3 },
      latency: 5,
    });
    await Promise.all(['a', 'b', 'b'].map((key) => ask(server, key, 'four words in here')));
    await fetch(`${server.url}/v1/models/m`);
    const report = server.report();
    expect(report).toMatchObject({
      requests: 4,
      byOutcome: { ok: 4 },
      byPath: { 'POST /v1/chat/completions': 3, 'GET /v1/models/{id}': 1 },
      tokens: { prompt: 12, completion: 15, cached: 6, reasoning: 9 },
      calls: { keys: 2, askedAgain: 1, answeredAgain: 1 },
      mostRequestsPerMinute: 4,
      mostTokensPerMinute: 27,
      batchAnswers: 0,
    });
    expect(Math.max(...report.inFlight)).toBe(report.mostInFlight);
    expect(await (await fetch(`${server.url}/report`)).json()).toEqual(report);
    await fetch(`${server.url}/report/reset`, { method: 'POST' });
    expect(server.report()).toMatchObject({ requests: 0, calls: { keys: 0 } });
    expect(server.requests).toEqual([]);
  });

  it('keeps no request when told not to, and writes no key into its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgt-fake-'));
    try {
      const report = join(folder, 'report.jsonl');
      await using server = await startFakeServer({ report, keepRequests: false });
      await ask(server, 'a', 'hello', { headers: { Authorization: 'Bearer secret', 'x-api-key': 'secret' } });
      await server.close();
      expect(server.requests).toEqual([]);
      expect(server.counts().requests).toBe(1);
      expect(await readFile(report, 'utf8')).toContain('"authorization":"***"');
      expect(await readFile(report, 'utf8')).not.toContain('secret');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes time for each token, token by token in a stream', async () => {
    await using server = await startFakeServer({ answer: () => 'one two three', msPerToken: 5 });
    const body = JSON.stringify({ model: 'm', prompt: 'p', stream: true });
    const response = await fetch(`${server.url}/v1/completions`, { method: 'POST', body });
    let pieces = 0;
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) pieces += piece.length > 0 ? 1 : 0;
    expect(pieces).toBeGreaterThan(1);
    expect(await ask(server, 'a')).toBe('one two three');
  });

  it('refuses a body that is no JSON object, and paths that it does not have', async () => {
    await using server = await startFakeServer();
    expect(await ask(server, 'a', '', { body: '{"model"' })).toBe('400');
    expect((await fetch(`${server.url}/v1/audio`)).status).toBe(404);
    expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404);
    expect(server.counts().byOutcome).toEqual({ badRequest: 1, notFound: 2 });
  });

  it('says why an answer cannot be made', async () => {
    const answer = () => {
      throw new Error('not today');
    };
    await using server = await startFakeServer({ answer });
    expect(await ask(server, 'a')).toBe('400');
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
