import { createScriptServices, type CallContext, type LMAnswer, type LMClient, type LMRequest } from '@dgt/core';
import { readCallSettings } from '../../packages/llm/src/call-settings.js';
import { Limiter } from '../../packages/llm/src/limits/limiter.js';
import { ModelCaller } from '../../packages/llm/src/model-caller.js';

const calls = 200_000;
const waiting = 100_000;
const signal = new AbortController().signal;
const answer: LMAnswer = { choices: [{ text: 'yes', finish_reason: 'stop' }], usage: { completion_tokens: 1 } };
const request: LMRequest = {
  version: 2,
  provider: 'bench',
  model: 'm',
  method: 'completion',
  input: 'hi',
  parameters: {},
};
const context: CallContext = { idempotencyKey: 'k', seed: 0, signal, stopping: signal, age: 0, onTry: () => {} };

const client: LMClient = {
  endpoint: 'http://nowhere',
  model: 'm',
  complete: () => Promise.resolve(answer),
  checkAvailability: () => Promise.resolve({ available: true }),
  close: () => Promise.resolve(),
};

/** What retry, limits and time limits add to a call that waits for nothing. */
export async function measureCall(): Promise<string> {
  const config = { call_limit: 64, max_outage: 600 } as Parameters<typeof readCallSettings>[0];
  const settings = readCallSettings(config, { block: 'b', provider: 'bench', services: createScriptServices() });
  const caller = new ModelCaller([{ client, callLimit: 64 }], settings);
  const layers = await timePerCall(() => caller.call(request, context));
  const bare = await timePerCall(() => client.complete(request, context));
  return `${(layers - bare).toFixed(2)} us a call in the layers (${layers.toFixed(2)} us with the call itself)`;
}

/** What a call costs that waits in a line with many others. */
export async function measureLine(): Promise<string> {
  const limiter = new Limiter({ clock: createScriptServices().clock, slots: 1 });
  const began = process.cpuUsage();
  await Promise.all(
    Array.from({ length: waiting }, async (_, index) => {
      const ticket = { task: `task ${index % 7}`, age: (index * 7919) % waiting, tokens: 0, signal };
      limiter.leave(await limiter.enter(ticket), { outcome: 'answered' });
    }),
  );
  const { user, system } = process.cpuUsage(began);
  const microseconds = (user + system) / waiting;
  return `${microseconds.toFixed(2)} us a call, ${waiting.toLocaleString('en')} in line for one slot`;
}

/** Time of the processor, the best of three rounds. @unit microseconds */
async function timePerCall(call: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) {
    const began = process.cpuUsage();
    for (let count = 0; count < calls; count++) await call();
    const { user, system } = process.cpuUsage(began);
    rounds.push((user + system) / calls);
  }
  return Math.min(...rounds);
}
