import {
  createScriptServices,
  Lane,
  type CallContext,
  type CallKey,
  type Json,
  type RecordedCall,
  type TryRecord,
} from '@dgt/core';
import { OpenAIProvider } from '@dgt/llm/providers/openai';
import type { FakeServerOptions } from '@dgt/testkit/fake-server';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

const limitPerSecond = 100;
const doublesAfterMs = 20_000;
const endsAfterMs = 40_000;
const answerMs = 200;

/** What a server that lets so many requests a second through was used for, and how much was refused. */
export async function driveServer() {
  const options: FakeServerOptions = {
    latency: 100,
    rateLimits: { requestsPerSecond: limitPerSecond },
    changes: [{ afterMs: doublesAfterMs, factor: 2 }],
  };
  const tries = await callServer(options, { call_limit: 64 }, (_count, elapsedMs) => elapsedMs < endsAfterMs);
  const between = (from: number, to: number) => {
    const within = tries.filter(({ startedAt }) => startedAt >= from && startedAt < to);
    const ok = within.filter(({ outcome }) => outcome === 'ok').length;
    return { ok, refused: within.length - ok };
  };
  const settled = between(5000, doublesAfterMs);
  const doubled = between(doublesAfterMs + 10_000, endsAfterMs);
  return {
    perSecond: limitPerSecond,
    ofLimit: settled.ok / ((limitPerSecond * (doublesAfterMs - 5000)) / 1000),
    wasted: settled.refused / (settled.ok + settled.refused),
    ofDoubled: doubled.ok / ((2 * limitPerSecond * (endsAfterMs - doublesAfterMs - 10_000)) / 1000),
  };
}

/** How near so many calls at once come to what they could reach if no slot were ever idle, and how near a bare loop comes. */
export async function measureLatency(atOnce: number) {
  const calls = atOnce * 100;
  const idealMs = (calls / atOnce) * answerMs;
  const tries = await callServer({ latency: answerMs }, { call_limit: atOnce }, (count) => count < calls);
  const endedAt = Math.max(...tries.map(({ startedAt, durationMs }) => startedAt + durationMs));
  const bareMs = await withServer({ latency: answerMs }, (url) => callBare(url, { atOnce, calls }));
  return { ofIdeal: idealMs / endedAt, bareOfIdeal: idealMs / bareMs };
}

/** The same calls without dgt: so many workers and a pool of connections. @unit milliseconds */
async function callBare(url: string, { atOnce, calls }: { atOnce: number; calls: number }): Promise<number> {
  const pool = new Pool(url, { connections: atOnce });
  const headers = { 'content-type': 'application/json' };
  const startedAt = Date.now();
  let count = 0;
  const work = async () => {
    while (count < calls) {
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Say ${count++}.` }] });
      const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
      await response.body.json();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const spentMs = Date.now() - startedAt;
  await pool.close();
  return spentMs;
}

/** Calls a fake server in a process of its own through an openai block; times of tries count from the first call. */
async function callServer(
  options: FakeServerOptions,
  config: { readonly call_limit: number },
  isMore: (count: number, elapsedMs: number) => boolean,
): Promise<TryRecord[]> {
  return withServer(options, async (url) => {
    const place = { model_id_or_path: 'm', base_url: `${url}/v1` };
    const block = new OpenAIProvider({ ...place, ...config } as never);
    const tries: TryRecord[] = [];
    const startedAt = Date.now();
    const rows = (function* () {
      for (let count = 0; isMore(count, Date.now() - startedAt); count++) yield { input: `Say ${count}.` };
    })();
    for await (const _row of block.run(rows, { lane: createLane(tries) })) continue;
    await block.close();
    return tries.map((record) => Object.assign({}, record, { startedAt: record.startedAt - startedAt }));
  });
}

async function withServer<T>(options: FakeServerOptions, use: (url: string) => Promise<T>): Promise<T> {
  const args = [...process.execArgv, process.argv[1] as string, '--serve', JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    return await use(url);
  } finally {
    child.kill();
    await once(child, 'close');
  }
}

/** A lane that keeps the tries of its calls. */
function createLane(tries: TryRecord[]): Lane {
  const { signal } = new AbortController();
  let age = 0;
  const call = <T extends Json>(key: CallKey, { execute }: RecordedCall<T>): Promise<T> => {
    const context: CallContext = {
      idempotencyKey: `${key.lane}/${key.index}`,
      seed: 0,
      signal,
      stopping: signal,
      age: age++,
      onTry: (record) => void tries.push(record),
    };
    return execute(context);
  };
  const recorder = { call, reject: () => {}, fail: () => {} };
  return new Lane('b', { recorder, randomName: '0', signal, log: createScriptServices().log });
}
