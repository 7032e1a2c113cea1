import type { DeferredCall, DeferredClient, Json, WaveResult } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestDataset } from '../__fixtures__/dataset.js';
import { FlowBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';
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

  collect(handle: string): Promise<WaveResult<Json>> {
    if (!this.ready) return Promise.resolve({ state: 'pending' });
    const calls = this.waves.get(handle) ?? [];
    const answers = calls.map(({ id, request }) => ({ id, answer: `answer to ${JSON.stringify(request)}` }));
    return Promise.resolve({ state: 'done', answers });
  }
}

const settings = { num_outputs_to_generate: 4, seed_batch_size: 4, machine_batch_size: 0 };

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
});
