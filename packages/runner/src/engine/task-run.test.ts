import { RougeScorer } from '@dgt/blocks/dedup';
import * as fc from 'fast-check';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { FlowBuilder, PairBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel, type Answer } from '../__fixtures__/scripted-model.js';

const words = ['river', 'lake', 'peak', 'bay', 'cape', 'gulf', 'isle', 'reef'];

/** The same answer for the same call, one in eight of them bad; with repeats. */
const answerByKey: Answer = (prompt, key) => {
  const number = Number.parseInt(key.slice(0, 8), 16);
  if (number % 8 === 0) return `bad ${number % 5}`;
  const place = [number, number >>> 3, number >>> 6].map((part) => words[part % 5]).join(' ');
  return `${prompt.length % 7} ${place}`;
};

/** Answers in an order that has nothing to do with that of the calls. */
function shuffled(answer: Answer, order: readonly number[]): Answer {
  let calls = 0;
  return async (prompt, key, signal) => {
    const turns = order[calls++ % order.length] ?? 0;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    return answer(prompt, key, signal);
  };
}

function pairRun(answer: Answer, more: Partial<DatasetRun> = {}): DatasetRun & { model: ScriptedModel } {
  const model = new ScriptedModel(answer);
  const dedup = new RougeScorer({ name: 'dedup', threshold: 1, filter: true, input_map: { question: 'input' } });
  return {
    builder: PairBuilder,
    postprocessors: [dedup],
    seeds: pairSeeds,
    settings: { num_outputs_to_generate: 40, seed_batch_size: 2, machine_batch_size: 2 },
    ...more,
    model,
  };
}

describe('a generation run', () => {
  it('writes exactly the quota, stamped and deduplicated, and says where the rest went', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(pairRun(answerByKey));
    const rows = dataset.read('finalData');
    expect(ending.reason).toBe('complete');
    expect(rows).toHaveLength(40);
    expect(rows[0]).toEqual({ task_name: 'test/pairs', is_seed: false, question: expect.any(String), answer: 'yes' });
    expect(new Set(rows.map((row) => row['question'])).size).toBe(40);
    expect(dataset.bytes('data')).toBe(dataset.bytes('finalData'));
    const { candidates, accepted, losses } = results.funnel;
    expect(accepted).toBe(40);
    expect(losses.reduce((sum, { count }) => sum + count, accepted)).toBe(candidates);
    expect(dataset.read('rejected')).toHaveLength(candidates - accepted);
    expect(losses.find(({ kind }) => kind === 'no_row')?.sample).toMatch(/^bad/);
  });

  it('names for a repeated row the block, the reason and the row it repeats', async () => {
    using dataset = new TestDataset();
    await dataset.run(pairRun(answerByKey));
    const repeated = dataset.read('rejected').find((row) => row['block'] === 'dedup');
    expect(repeated).toMatchObject({ score: 1, reason: expect.any(String), against: { question: expect.any(String) } });
    expect(repeated?.['against']).toMatchObject({
      question: (repeated?.['row'] as { question?: string } | undefined)?.question,
    });
  });

  it('gives the same bytes in whatever order and at whatever time answers come', async () => {
    using reference = new TestDataset();
    await reference.run(pairRun(answerByKey));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 30 }), async (order) => {
        using dataset = new TestDataset();
        await dataset.run(pairRun(shuffled(answerByKey, order)));
        for (const file of ['finalData', 'data', 'rejected'] as const)
          expect(dataset.bytes(file)).toBe(reference.bytes(file));
      }),
      { numRuns: 15 },
    );
  });

  it('gives the same bytes for flows of ctx.map, stopped and resumed anywhere, and asks no recorded answer again', async () => {
    using reference = new TestDataset();
    const flows = (answer: Answer) => pairRun(answer, { builder: FlowBuilder });
    await reference.run(flows(answerByKey));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 60 }),
        async (order, stopAt) => {
          using dataset = new TestDataset();
          const answered = new Map<string, number>();
          let stop = () => {};
          const counting: Answer = (prompt, key, signal) => {
            answered.set(key, (answered.get(key) ?? 0) + 1);
            if (answered.size === stopAt) stop();
            return answerByKey(prompt, key, signal);
          };
          const first = await dataset.run({
            ...flows(shuffled(counting, order)),
            onStart: ({ run }) => {
              stop = () => run.stop();
            },
          });
          expect(['cancelled', 'complete']).toContain(first.ending.reason);
          const second = await dataset.run(flows(shuffled(counting, order)));
          expect(second.ending).toMatchObject({ reason: 'complete' });
          expect(dataset.bytes('finalData')).toBe(reference.bytes('finalData'));
          expect(dataset.bytes('rejected')).toBe(reference.bytes('rejected'));
          expect(Math.max(...answered.values())).toBe(1);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('meets any quota exactly, or ends with a reason, for any model', async () => {
    const model = fc.record({ kinds: fc.integer({ min: 1, max: 60 }), badShare: fc.integer({ min: 0, max: 10 }) });
    const shape = fc.record({
      quota: fc.nat({ max: 60 }),
      seedBatch: fc.integer({ min: 1, max: 7 }),
      machineBatch: fc.nat({ max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(model, shape, async ({ kinds, badShare }, { quota, seedBatch, machineBatch }) => {
        using dataset = new TestDataset();
        const answer: Answer = (_, key) => {
          const number = Number.parseInt(key.slice(0, 8), 16);
          return number % 10 < badShare ? 'bad' : `row ${number % kinds}`;
        };
        const settings = {
          num_outputs_to_generate: quota,
          seed_batch_size: seedBatch,
          machine_batch_size: machineBatch,
          max_stalled_attempts: 20,
          max_stalled_rows: 100,
        };
        const { ending, results } = await dataset.run(pairRun(answer, { settings }));
        expect(['complete', 'stalled']).toContain(ending.reason);
        expect(results.rows).toBe(dataset.read('finalData').length);
        if (ending.reason === 'complete') expect(results.rows).toBe(quota);
        else expect(results.rows).toBeLessThan(quota);
      }),
      { numRuns: 25 },
    );
  });

  it('stops with a reason when the model always says the same', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(pairRun(() => 'the same'));
    expect(ending).toMatchObject({ reason: 'stalled' });
    expect(results.rows).toBe(1);
    expect(dataset.read('finalData')).toHaveLength(1);
    const again = pairRun(() => 'the same');
    expect((await dataset.run(again)).untouched).toBe(true);
    expect(again.model.sent).toEqual([]);
  });

  it('ends after max_attempts with what was made', async () => {
    using dataset = new TestDataset();
    const settings = { num_outputs_to_generate: 1000, seed_batch_size: 2, machine_batch_size: 0, max_attempts: 3 };
    const { ending, results } = await dataset.run(pairRun((_, key) => key, { settings }));
    expect(ending.reason).toBe('attempts_exhausted');
    expect(results.rows).toBe(6);
    expect(dataset.read('finalData')).toHaveLength(6);
  });

  it('ends when max_tokens are used, and goes on with more', async () => {
    using dataset = new TestDataset();
    const settings = { num_outputs_to_generate: 40, seed_batch_size: 2, machine_batch_size: 2, max_tokens: 30 };
    const { ending } = await dataset.run(pairRun(answerByKey, { settings }));
    expect(ending.reason).toBe('budget_exhausted');
    using unstopped = new TestDataset();
    await unstopped.run(pairRun(answerByKey));
    const { max_tokens: _gone, ...unlimited } = settings;
    expect((await dataset.run(pairRun(answerByKey, { settings: unlimited }))).ending.reason).toBe('complete');
    expect(dataset.bytes('finalData')).toBe(unstopped.bytes('finalData'));
  });

  it('changes nothing and calls nothing when a finished dataset is run again', async () => {
    using dataset = new TestDataset();
    await dataset.run(pairRun(answerByKey));
    const files = Object.values(dataset.files).filter((file) => existsSync(file) && statSync(file).isFile());
    const before = files.map((file) => [file, readFileSync(file).toString('base64'), statSync(file).mtimeMs]);
    const again = pairRun(answerByKey);
    const { ending, untouched } = await dataset.run(again);
    expect(ending.reason).toBe('complete');
    expect(untouched).toBe(true);
    expect(again.model.sent).toEqual([]);
    expect(files.map((file) => [file, readFileSync(file).toString('base64'), statSync(file).mtimeMs])).toEqual(before);
  });

  it('uses surplus answers first when the quota is raised, and gives what a larger quota would have given', async () => {
    using dataset = new TestDataset();
    using larger = new TestDataset();
    const sized = (quota: number) => ({
      settings: { num_outputs_to_generate: quota, seed_batch_size: 3, machine_batch_size: 2 },
    });
    await larger.run(pairRun(answerByKey, sized(43)));
    await dataset.run(pairRun(answerByKey, sized(41)));
    expect(dataset.read('finalData')).toHaveLength(41);
    expect(await dataset.run(pairRun(answerByKey, sized(43)))).toMatchObject({
      ending: { reason: 'complete' },
      results: { rows: 43 },
    });
    expect(dataset.bytes('finalData')).toBe(larger.bytes('finalData'));
    expect(dataset.bytes('rejected')).toBe(larger.bytes('rejected'));
    await dataset.run(pairRun(answerByKey, sized(10)));
    expect(dataset.read('finalData')).toHaveLength(10);
    expect(dataset.bytes('data')).toBe(dataset.bytes('finalData'));
  });

  it('repairs projections that a crash or a person changed', async () => {
    using dataset = new TestDataset();
    await dataset.run(pairRun(answerByKey));
    const [data, rejected] = [dataset.bytes('data'), dataset.bytes('rejected')];
    writeFileSync(dataset.files.data, `${data}{"torn": "li`);
    truncateSync(dataset.files.rejected, 10);
    await dataset.run(pairRun(answerByKey));
    expect(dataset.bytes('data')).toBe(data);
    expect(dataset.bytes('rejected')).toBe(rejected);
  });

  it('never gives an attempt an empty or repeating batch of seeds', async () => {
    using dataset = new TestDataset();
    const settings = { num_outputs_to_generate: 24, seed_batch_size: 2, machine_batch_size: 0 };
    const run = pairRun((_, key) => key, { settings });
    await dataset.run(run);
    const attempts = run.model.sent.map((prompt) => prompt.split('.')[0]);
    const sizes = [...new Set(attempts)].map((attempt) => attempts.filter((other) => other === attempt).length);
    expect(new Set(sizes)).toEqual(new Set([2]));
  });
});
