import type { LlamaContext } from 'node-llama-cpp';
import { expect, it } from 'vitest';
import { findModelFile } from './model-files.js';
import { loadRuntime } from './runtime.js';
import { sampleOneByOne } from './serial-sampling.js';

type Binding = { sampleToken(...request: unknown[]): Promise<unknown> };

/** Covers the sampling of a context with one that counts how many are under way. */
function countSamples(context: object): { most: number; all: number } {
  const counts = { now: 0, most: 0, all: 0 };
  const binding = (context as { readonly _ctx: Binding })._ctx;
  const { sampleToken } = binding;
  const value = async (...request: unknown[]) => {
    counts.most = Math.max(counts.most, ++counts.now);
    counts.all++;
    try {
      return await sampleToken.apply(binding, request);
    } finally {
      counts.now--;
    }
  };
  Object.defineProperty(binding, 'sampleToken', { value, configurable: true, writable: true });
  return counts;
}

it('keeps the sequences of a real context from sampling at the same time', async () => {
  const { llama, library } = await loadRuntime(false);
  const model = await llama.loadModel({ modelPath: findModelFile('dgt-geo-micro', '/').path, gpuLayers: 0 });
  const sampleTogether = async (prepare: (context: LlamaContext) => void) => {
    const context = await model.createContext({ sequences: 4, contextSize: 256, threads: 1 });
    const counts = countSamples(context);
    prepare(context);
    const completions = Array.from({ length: 4 }, (_, seed) =>
      new library.LlamaCompletion({ contextSequence: context.getSequence() }).generateCompletion('Question:', {
        maxTokens: 8,
        temperature: 0.8,
        seed,
      }),
    );
    await Promise.all(completions);
    await context.dispose();
    return counts;
  };
  // The first shows that there is something to prevent: once node-llama-cpp does it itself, this file can go.
  expect((await sampleTogether(() => {})).most).toBeGreaterThan(1);
  const serial = await sampleTogether((context) => expect(sampleOneByOne(context)).toBe(true));
  expect(serial.most).toBe(1);
  expect(serial.all).toBeGreaterThanOrEqual(8);
  await model.dispose();
});

it('hands each result and each failure to the sequence that asked, and goes on after a failure', async () => {
  const sampleToken = (request: unknown) =>
    request === 'bad' ? Promise.reject(new Error('no token')) : Promise.resolve(`token of ${String(request)}`);
  const context = { _ctx: { sampleToken } };
  expect(sampleOneByOne(context as unknown as LlamaContext)).toBe(true);
  const asked = ['a', 'bad', 'b'].map((request) => context._ctx.sampleToken(request));
  expect(await Promise.allSettled(asked)).toEqual([
    { status: 'fulfilled', value: 'token of a' },
    { status: 'rejected', reason: new Error('no token') },
    { status: 'fulfilled', value: 'token of b' },
  ]);
});

it('says when a context has no such place, so that its sequences are not decoded together', () => {
  expect(sampleOneByOne({} as LlamaContext)).toBe(false);
});
