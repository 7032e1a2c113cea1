import { writeFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { PairBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';

/** Puts rows into the folder of a dataset as another system would have left them. */
function leave(dataset: TestDataset, rows: readonly object[]): void {
  mkdirSync(dirname(dataset.files.finalData), { recursive: true });
  writeFileSync(dataset.files.finalData, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"torn`);
}

function run(quota: number, options: Partial<DatasetRun> = {}): DatasetRun & { model: ScriptedModel } {
  const settings = { num_outputs_to_generate: quota, seed_batch_size: 2, machine_batch_size: 0 };
  return { builder: PairBuilder, seeds: pairSeeds, settings, ...options, model: new ScriptedModel((_, key) => key) };
}

const rows = [1, 2, 3].map((number) => ({ question: `old ${number}?`, answer: 'yes', task_name: 'x', extra: 1 }));

describe('rows that another system left in the output folder', () => {
  it('end the run before anything is touched, with the ways on', async () => {
    using dataset = new TestDataset();
    leave(dataset, rows);
    await expect(dataset.run(run(5))).rejects.toThrow(
      `${dataset.files.finalData} holds 3 rows and there is no ledger beside it that knows them`,
    );
    expect(dataset.bytes('finalData')).toContain('{"torn');
  });

  it('count as made when they are adopted, for good', async () => {
    using dataset = new TestDataset();
    leave(dataset, rows);
    const { results } = await dataset.run(run(5, { adopt: true }));
    expect(results.rows).toBe(5);
    const made = dataset.read('finalData');
    expect(made.slice(0, 3).map(({ question }) => question)).toEqual(['old 1?', 'old 2?', 'old 3?']);
    expect(made[0]).toEqual({ task_name: 'test/pairs', is_seed: false, question: 'old 1?', answer: 'yes' });
    await dataset.run(run(5, { digest: { 'generate.ts': 'edited' } }));
    expect(dataset.read('finalData')).toEqual(made);
  });

  it('are refused by line when they are not what the task makes', async () => {
    using dataset = new TestDataset();
    leave(dataset, [rows[0] as object, { question: 5 }]);
    await expect(dataset.run(run(5, { adopt: true }))).rejects.toThrow('final_data.jsonl:2: Pair: ');
  });
});
