import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { blocks } from '@dgt/core';
import { modelBlocks } from '@dgt/llm';
import { Ledger } from '../../packages/runner/src/ledger/ledger.js';
import { hashRequest } from '../../packages/runner/src/ledger/request-hash.js';
import { peakMegabytes, round, timed } from '../figures.js';
import { runByHand } from './by-hand.js';
import { BenchDataset } from './dataset.js';
import { writeAnswer, writePrompt, seeds } from './pairs.js';
import { script } from './scripted-model.js';

/** One measurement; each is made in a process of its own and gives the line to print. */
export type Measure = (argument: string | undefined) => Promise<string>;

const serverFile = new URL('./model-server.ts', import.meta.url).pathname;
const throughputRows = 20_000;
const ledgerCalls = 100_000;
const slots = 64;
const answerMs = 200;

export const measures: Readonly<Record<string, Measure>> = {
  async throughput() {
    await runByHand(throughputRows);
    script.calls = 0;
    const byHand = throughputRows / (await timed(() => runByHand(throughputRows)));
    script.calls = 0;
    using dataset = new BenchDataset();
    const engine = throughputRows / (await timed(() => dataset.run(throughputRows)));
    const rates = `${round(engine)} rows/s with engine and ledger, ${round(byHand)} by hand`;
    return `${rates}; ratio ${(engine / byHand).toFixed(3)}; ${round(1e6 / engine)} us a row; peak ${peakMegabytes()} MB`;
  },

  async http() {
    blocks.announce(modelBlocks);
    const server = spawn(process.execPath, [...process.execArgv, serverFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [port] = (await once(server.stdout, 'data')) as [Buffer];
      process.env['OPENAI_BASE_URL'] = `http://127.0.0.1:${String(port).trim()}/v1`;
      using dataset = new BenchDataset();
      const before = process.cpuUsage();
      const rate = throughputRows / (await timed(() => dataset.run(throughputRows, 'openai:scripted')));
      const { user, system } = process.cpuUsage(before);
      const processor = `${round((user + system) / throughputRows)} us of the processor a row`;
      return `${round(rate)} rows/s with engine, ledger and requests, ${processor}; peak ${peakMegabytes()} MB`;
    } finally {
      server.kill();
    }
  },

  async ledger() {
    using dataset = new BenchDataset();
    const file = join(dataset.folder, 'ledger.db');
    const ledger = Ledger.open(file);
    const spent = await timed(() => inSlots(ledgerCalls, (number) => recordCall(ledger, number)));
    const bare = await timed(() => inSlots(ledgerCalls, async (number) => void prepareCall(number)));
    ledger.close();
    const answerBytes = JSON.stringify(prepareCall(0).answer).length;
    const cost = `${((spent / ledgerCalls) * 1e6).toFixed(1)} us and ${round(statSync(file).size / ledgerCalls)} bytes a call`;
    const parts = `of it ${((bare / ledgerCalls) * 1e6).toFixed(1)} us to render and hash the request`;
    return `${cost}, ${parts}; ratio to the bytes of the answer ${(statSync(file).size / ledgerCalls / answerBytes).toFixed(2)}`;
  },

  async 'prepare-resume'(folder) {
    const dataset = new BenchDataset(folder);
    const seconds = await timed(() => dataset.run(ledgerCalls));
    const megabytes = statSync(dataset.ledger).size / 1e6;
    return `${ledgerCalls} rows in ${seconds.toFixed(1)} s, ledger ${megabytes.toFixed(1)} MB, peak ${peakMegabytes()} MB`;
  },

  async resume(folder) {
    const dataset = new BenchDataset(folder);
    const megabytes = statSync(dataset.ledger).size / 1e6;
    let firstCall = 0;
    script.calls = ledgerCalls * 2;
    script.onCall = () => {
      firstCall ||= performance.now();
    };
    const began = performance.now();
    const reading = await timed(() => Promise.resolve(readFileSync(dataset.ledger)));
    const { results } = await dataset.run(ledgerCalls + 1000);
    const seconds = (firstCall - began) / 1000 - reading;
    const rate = `${(seconds / (results.rows / 1e5)).toFixed(2)} s a 100,000 rows`;
    return `first new call ${seconds.toFixed(2)} s after the run began (${rate}, ledger ${megabytes.toFixed(1)} MB); ratio to reading the file once ${round(seconds / reading)}; peak ${peakMegabytes()} MB`;
  },

  latency: () => measureLatency(() => answerMs),

  // One call in a hundred takes ten times as long: a loop that waits for the slowest of a batch loses most of its slots.
  'latency-tail': () => measureLatency((number) => (number % 100 === 50 ? 10 * answerMs : answerMs)),
};

/** How close a run comes to a model whose slots are never idle. */
async function measureLatency(latencyOf: (number: number) => number): Promise<string> {
  const rows = 100 * slots;
  script.latencyOf = latencyOf;
  const total = Array.from({ length: rows }, (_, number) => latencyOf(number)).reduce((sum, one) => sum + one, 0);
  const ideal = total / 1000 / slots;
  using dataset = new BenchDataset();
  const spent = await timed(() => dataset.run(rows));
  return `${rows} rows in ${spent.toFixed(2)} s, ideal ${ideal.toFixed(2)} s; ratio ${(ideal / spent).toFixed(3)}; peak ${peakMegabytes()} MB`;
}

/** The request of a call, hashed, and its answer. */
function prepareCall(number: number) {
  const input = writePrompt(
    [number, number + 7, number + 13].map((index) => seeds[index % seeds.length] ?? { question: '', answer: '' }),
  );
  const request = { version: 2, provider: 'p', model: 'm', method: 'completion', input, parameters: { seed: number } };
  const usage = { prompt_tokens: 120, completion_tokens: 50 };
  return {
    hash: hashRequest(request),
    answer: { choices: [{ text: writeAnswer(number), finish_reason: 'stop' }], usage },
  };
}

/** What the engine writes of one call: its try and its answer. */
async function recordCall(ledger: Ledger, number: number): Promise<void> {
  const { hash, answer } = prepareCall(number);
  const attempt = Math.floor(number / 20) + 1;
  const { usage } = answer;
  const now = Date.now();
  const tried = { startedAt: now, durationMs: 200, outcome: 'ok', promptTokens: usage.prompt_tokens } as const;
  void ledger.recordTry(attempt, 'generator', { ...tried, completionTokens: usage.completion_tokens });
  await ledger.recordAnswer({
    owner: attempt,
    lane: `${attempt}.0.0.${number % 20}`,
    call: 0,
    hash,
    label: 'generator',
    failed: false,
    answer,
    request: undefined,
    answeredAt: now,
  });
}

async function inSlots(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const slot = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: slots }, slot));
}
