import { createScriptServices, LMProvider, Type } from '@dgt/core';
import type { BlockContext, DeferredAnswer, DeferredCall, DeferredClient, Json, LMRow, WaveResult } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestDataset } from '../__fixtures__/dataset.js';
import { PairBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';

const price = { input: 10, output: 100, batch: 0.5 };

/** A batch interface that says what each answer took. */
class Vendor implements DeferredClient<Json> {
  readonly handedIn: DeferredCall[] = [];
  readonly #waves = new Map<string, readonly DeferredCall[]>();
  ready = false;

  submit(waveId: string, calls: readonly DeferredCall[]): Promise<string> {
    this.#waves.set(waveId, calls);
    this.handedIn.push(...calls);
    return Promise.resolve(waveId);
  }

  collect(handle: string): Promise<WaveResult<Json>> {
    if (!this.ready) return Promise.resolve({ state: 'pending' });
    const answers = (this.#waves.get(handle) ?? []).map(({ id, request }): DeferredAnswer<Json> => {
      const usage = { prompt_tokens: 100, completion_tokens: 20, cached_tokens: 40 };
      if (id === this.handedIn[0]?.id) return { id, error: 'refused' };
      return { id, usage, answer: `answer to ${(request as { input: string }).input}` };
    });
    return Promise.resolve({ state: 'done', answers });
  }
}

class BatchModel extends LMProvider {
  static override readonly inputFields = { input: Type.Unknown() };
  readonly #vendor: Vendor;

  constructor(vendor: Vendor) {
    super({ name: 'generator' }, createScriptServices());
    this.#vendor = vendor;
  }

  override async process({ input }: LMRow, { lane }: BlockContext) {
    const result = await lane.call<string>({
      label: this.name,
      request: { provider: 'vendor', model: 'm', input: input as string, parameters: { max_tokens: 100 } },
      price,
      execute: () => Promise.reject(new Error('never asked at once')),
      deferred: this.#vendor as DeferredClient<Json> as DeferredClient<string>,
    });
    return { result, addtl: { finish_reason: 'stop' as const } };
  }
}

const settings = { num_outputs_to_generate: 12, seed_batch_size: 4, machine_batch_size: 0, max_attempts: 5 };

function task(vendor: Vendor, more: object = {}) {
  return { builder: PairBuilder, model: new BatchModel(vendor), seeds: pairSeeds, settings: { ...settings, ...more } };
}

describe('answers that come hours later', () => {
  it('are in the bill at the price of the batch interface, failed ones too', async () => {
    using dataset = new TestDataset();
    const vendor = new Vendor();
    const waiting = await dataset.run(task(vendor));
    expect(waiting.ending.reason).toBe('waiting');
    expect(waiting.results.bill).toMatchObject({ lines: [], cost: 0 });
    vendor.ready = true;
    const { results } = await dataset.run(task(vendor));
    const count = vendor.handedIn.length;
    expect(results.bill.lines).toEqual([
      {
        block: 'generator',
        provider: 'vendor (batch)',
        model: 'm',
        tries: count,
        failed_tries: 1,
        uncounted_tries: 0,
        prompt_tokens: 100 * (count - 1),
        cached_tokens: 40 * (count - 1),
        completion_tokens: 20 * (count - 1),
        reasoning_tokens: 0,
        price: { input: 5, output: 50 },
        cost: expect.closeTo(((count - 1) * (100 * 5 + 20 * 50)) / 1e6, 12) as number,
      },
    ]);
    expect((await dataset.run(task(vendor))).results.cost).toBe(results.cost);
  });

  it('are asked for as far as the budget has room, and the rest when there is more', async () => {
    using dataset = new TestDataset();
    const vendor = new Vendor();
    const bound = 100 + 2 * 12 + 64;
    const limits = { budget: 'strict', max_tokens: 3 * bound };
    expect((await dataset.run(task(vendor, limits))).ending.reason).toBe('waiting');
    const first = vendor.handedIn.length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(4);
    // The same calls are waited for when it is run again.
    expect((await dataset.run(task(vendor, limits))).ending.reason).toBe('waiting');
    expect(vendor.handedIn).toHaveLength(first);
    vendor.ready = true;
    const ended = await dataset.run(task(vendor, limits));
    expect(ended.ending).toMatchObject({ reason: 'budget_exhausted' });
    expect(ended.results.tokens.prompt + ended.results.tokens.completion).toBeLessThanOrEqual(limits.max_tokens);
    using calm = new TestDataset();
    const other = new Vendor();
    other.ready = true;
    const [whole, resumed] = [await calm.run(task(other)), await dataset.run(task(vendor))];
    expect(resumed.ending.reason).toBe(whole.ending.reason);
    expect(resumed.results.rows).toBeGreaterThan(ended.results.rows);
    expect(vendor.handedIn.length).toBeGreaterThan(first);
  });
});
