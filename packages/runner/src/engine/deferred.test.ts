import { GenerationDataBuilder, LMProvider, type DeferredCall, type DeferredClient, type Json } from '@dgt/core';
import type { Attempt, WaveResult } from '@dgt/core';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { TestDataset } from '../__fixtures__/dataset.js';
import { FlowBuilder, Pair, PairBuilder, PairTask, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';

/** A batch interface whose answers are ready when the test says so; it outlives the runs, as a vendor does. */
class SlowVendor implements DeferredClient<Json> {
  readonly waves = new Map<string, readonly DeferredCall[]>();
  ready = false;
  failNextSubmit = false;

  submit(waveId: string, calls: readonly DeferredCall[]): Promise<string> {
    this.waves.set(waveId, calls);
    if (this.failNextSubmit) {
      this.failNextSubmit = false;
      return Promise.reject(new Error('the connection broke after the wave had arrived'));
    }
    return Promise.resolve(waveId);
  }

  /** The calls of all waves; one that stands here twice was paid for twice. */
  get calls(): string[] {
    return [...this.waves.values()].flatMap((calls) => calls.map(({ id }) => id));
  }

  collect(handle: string): Promise<WaveResult<Json>> {
    if (!this.ready) return Promise.resolve({ state: 'pending' });
    const calls = this.waves.get(handle) ?? [];
    const answers = calls.map(({ id, request }) => ({ id, answer: `answer to ${JSON.stringify(request)}` }));
    return Promise.resolve({ state: 'done', answers });
  }
}

const settings = { num_outputs_to_generate: 4, seed_batch_size: 4, machine_batch_size: 0 };

const sized = (quota: number) => ({ ...settings, num_outputs_to_generate: quota });

function twoSteps(vendor: SlowVendor) {
  const model = new ScriptedModel(() => 'never asked', { deferred: vendor });
  return { builder: FlowBuilder, model, seeds: pairSeeds, settings };
}

describe('calls that are answered hours later', () => {
  it('go out in one wave a step and come back to a later process, with a builder that knows nothing of it', async () => {
    using dataset = new TestDataset();
    const vendor = new SlowVendor();
    expect((await dataset.run(twoSteps(vendor))).ending.reason).toBe('waiting');
    expect([...vendor.waves.values()].map((calls) => calls.length)).toEqual([4]);
    expect((await dataset.run(twoSteps(vendor))).ending.reason).toBe('waiting');
    expect(vendor.waves.size).toBe(1);
    vendor.ready = true;
    const { ending, results } = await dataset.run(twoSteps(vendor));
    expect(ending.reason).toBe('complete');
    expect(results.rows).toBe(4);
    expect([...vendor.waves.values()].map((calls) => calls.length)).toEqual([4, 4]);
    expect(dataset.read('finalData')[0]?.['question']).toMatch(/^answer to .*improve answer to/);
  });

  it('hand in the same wave again after a crash between handing in and recording', async () => {
    using dataset = new TestDataset();
    const vendor = new SlowVendor();
    vendor.failNextSubmit = true;
    expect((await dataset.run(twoSteps(vendor))).ending.reason).toBe('failed');
    vendor.ready = true;
    expect((await dataset.run(twoSteps(vendor))).ending.reason).toBe('complete');
    expect(vendor.waves.size).toBe(2);
  });

  it('are kept when nobody waits for them, because fewer rows are wanted or their builder is not so far', async () => {
    using dataset = new TestDataset();
    const vendor = new SlowVendor();
    const run = (quota: number) => ({ ...twoSteps(vendor), builder: PairBuilder, settings: sized(quota) });
    expect((await dataset.run(run(40))).ending.reason).toBe('waiting');
    expect(vendor.calls).toHaveLength(8);
    vendor.ready = true;
    expect((await dataset.run(run(4))).results.rows).toBe(4);
    expect((await dataset.run(run(8))).results.rows).toBe(8);
    expect(vendor.calls).toHaveLength(8);
  });

  it('are given to a builder that asks for them only after they came', async () => {
    using dataset = new TestDataset();
    const vendor = new SlowVendor();
    let othersWait = false;
    class LateBuilder extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
      async generate(seeds: readonly Pair[], ctx: Attempt<this['blocks']>) {
        let onFirst = () => {};
        const first = new Promise<void>((resolve) => (onFirst = resolve));
        const flows = await ctx.map(seeds, async (seed, lane) => {
          if (othersWait && seed !== seeds[0]) await first;
          const rows = await lane.blocks.generator.run([{ input: seed.question }]).toArray();
          onFirst();
          return rows;
        });
        return flows.flat().map(({ result }) => new Pair({ question: result, answer: 'yes' }));
      }
    }
    const run = () => ({ ...twoSteps(vendor), builder: LateBuilder });
    expect((await dataset.run(run())).ending.reason).toBe('waiting');
    vendor.ready = true;
    othersWait = true;
    expect((await dataset.run(run())).ending.reason).toBe('complete');
    expect(vendor.calls).toHaveLength(4);
  });

  it('leave no prompt in the ledger, unless requests are to be recorded', async () => {
    for (const recorded of [false, true]) {
      using dataset = new TestDataset();
      const vendor = new SlowVendor();
      vendor.ready = true;
      await dataset.run({ ...twoSteps(vendor), settings: { ...settings, record_requests: recorded } });
      const database = new Database(dataset.files.ledger);
      const { requests } = database.prepare('SELECT count(request) AS requests FROM calls').get() as {
        requests: number;
      };
      database.close();
      expect(requests).toBe(recorded ? 8 : 0);
    }
  });

  it('hand in no empty wave when all calls of an unconfirmed one have changed', async () => {
    using dataset = new TestDataset();
    const vendor = new SlowVendor();
    vendor.failNextSubmit = true;
    await dataset.run(twoSteps(vendor));
    const seeds = pairSeeds.map(({ question }) => ({ question: `${question}?`, answer: 'yes' }));
    vendor.ready = true;
    expect((await dataset.run({ ...twoSteps(vendor), seeds })).ending.reason).toBe('complete');
    expect([...vendor.waves.values()].map((calls) => calls.length)).toEqual([4, 4, 4]);
  });
});
