import { MinhashDeduplicator, RougeScorer, tokenize } from '@dgt/blocks/dedup';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { makeQuestions } from './texts.js';

const count = 50_000;
const batchSize = 16;

/**
 * What a thread of its own could take from the one that runs the engine: all of judging, at the price of sending each batch
 * of texts there and its verdicts back. A gate decides in order, so that several threads do not share it.
 */
export async function measureWorker(): Promise<string> {
  const texts = makeQuestions(count);
  const judging = {
    rouge_scorer: timeRow(() => judge(new RougeScorer({ threshold: 0.7, filter: true }), texts)),
    minhash: timeRow(() => judge(new MinhashDeduplicator({ filter: true }), texts)),
    tokenizing: timeRow(() => texts.forEach((text) => tokenize(text, 'unicode'))),
  };
  const listed = Object.entries(judging).map(([name, us]) => `${name} ${us.toFixed(1)} us`);
  const sending = await timeSending(texts);
  return `a row here: ${listed.join(', ')}; sending it to a thread and back in batches of ${batchSize}: ${sending.toFixed(1)} us`;
}

function judge(block: RougeScorer | MinhashDeduplicator, texts: readonly string[]): void {
  const gate = block.openGate();
  for (const [row, input] of texts.entries()) gate.judge({ input }, row);
}

function timeRow(work: () => void): number {
  const { user, system } = process.cpuUsage();
  work();
  const after = process.cpuUsage();
  return (after.user + after.system - user - system) / count;
}

/** The time of this thread's processor, with a thread that answers at once. */
async function timeSending(texts: readonly string[]): Promise<number> {
  const echo = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', (texts) => parentPort.postMessage(texts.map(() => ({ valid: true, score: 0.5 }))));`;
  const worker = new Worker(echo, { eval: true });
  const before = performance.eventLoopUtilization();
  for (let start = 0; start < texts.length; start += batchSize) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(texts.slice(start, start + batchSize));
    await once(worker, 'message');
  }
  const { active } = performance.eventLoopUtilization(before);
  await worker.terminate();
  return (1000 * active) / count;
}
