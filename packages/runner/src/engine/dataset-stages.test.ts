import {
  DatasetValidator,
  LMProvider,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  dataPoint,
} from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { PairBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';

const questionField = { question: Type.String() };

/** Keeps the longest question of each group, by its first letter; which one that is only all rows tell. */
class LongestOfEach extends DatasetValidator.of({
  config: { most: Type.Integer({ default: 1 }) },
  input: questionField,
}) {
  validateAll(rows: readonly { question: string }[]) {
    return rows.map(({ question }) => {
      const group = rows.filter((other) => other.question[0] === question[0]).map((other) => other.question);
      const best = group.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, this.config.most);
      return best.includes(question) ? true : { valid: false, reason: 'not the longest of its group' };
    });
  }
}

const letters = 'abcde';

/** Questions of five groups and many lengths, the same for the same call. */
function answer(_prompt: string, key: string): string {
  const number = Number.parseInt(key.slice(0, 8), 16);
  return `${letters[number % 5]}${'x'.repeat(1 + ((number >>> 4) % 40))} ${number % 1000}`;
}

function run(quota: number, options: Partial<DatasetRun> = {}): DatasetRun & { model: ScriptedModel } {
  return {
    builder: PairBuilder,
    seeds: pairSeeds,
    postprocessors: [new LongestOfEach({ name: 'longest', filter: true })],
    settings: { num_outputs_to_generate: quota, seed_batch_size: 2, machine_batch_size: 0, max_attempts: 400 },
    ...options,
    model: new ScriptedModel(answer),
  };
}

const groups = (dataset: TestDataset) => dataset.read('finalData').map(({ question }) => (question as string)[0]);

describe('a postprocessor that needs every row', () => {
  it('judges when the quota is reached, and generation goes on until enough are left', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(run(5));
    expect(ending.reason).toBe('complete');
    expect(new Set(groups(dataset)).size).toBe(5);
    expect(results.rows).toBe(5);
    const { candidates, accepted, losses } = results.funnel;
    expect(accepted + losses.reduce((sum, { count }) => sum + count, 0)).toBe(candidates);
    expect(losses).toMatchObject([{ block: 'longest', reason: 'not the longest of its group' }]);
    expect(dataset.read('rejected')).toHaveLength(losses[0]?.count ?? 0);
  });

  it('counts every row of an attempt in the middle of which the quota seemed to be reached', async () => {
    using dataset = new TestDataset();
    const settings = { num_outputs_to_generate: 5, seed_batch_size: 4, machine_batch_size: 0 };
    const { results } = await dataset.run(run(5, { settings }));
    const { losses, accepted, candidates } = results.funnel;
    const lost = losses.reduce((sum, { count }) => sum + count, 0);
    expect([accepted, accepted + lost, lost]).toEqual([5, candidates, dataset.read('rejected').length]);
    expect(dataset.read('data')).toHaveLength(candidates);
  });

  it('gives the same bytes wherever the run is interrupted', async () => {
    using whole = new TestDataset();
    await whole.run(run(5));
    for (const stopAfter of [1, 2, 4, 6, 9]) {
      using dataset = new TestDataset();
      let answered = 0;
      let stop = () => {};
      const first = new ScriptedModel((prompt, key) => {
        if (++answered === stopAfter) stop();
        return answer(prompt, key);
      });
      await dataset.run({ ...run(5), model: first, onStart: (session) => (stop = () => session.run.stop()) });
      const { ending } = await dataset.run(run(5));
      expect(ending.reason).toBe('complete');
      expect(dataset.bytes('finalData')).toBe(whole.bytes('finalData'));
      expect(dataset.bytes('rejected')).toBe(whole.bytes('rejected'));
    }
  });

  it('calls nothing and leaves the files as they are when a finished dataset is run again', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(5));
    const before = [dataset.bytes('finalData'), dataset.bytes('rejected')];
    const again = run(5);
    const { untouched } = await dataset.run(again);
    expect([untouched, again.model.sent]).toEqual([true, []]);
    expect([dataset.bytes('finalData'), dataset.bytes('rejected')]).toEqual(before);
  });

  it('ends a run that it never leaves enough rows', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(run(6));
    expect(ending).toMatchObject({ reason: 'stalled' });
    expect(ending.message).toContain('no more than 5 rows are left');
    expect(results.rows).toBe(5);
    expect(new Set(groups(dataset)).size).toBe(5);
  });

  it('judges what there is when the run ends for another reason', async () => {
    using dataset = new TestDataset();
    const settings = { num_outputs_to_generate: 5, seed_batch_size: 2, machine_batch_size: 0, max_attempts: 2 };
    const { ending } = await dataset.run(run(5, { settings }));
    expect(ending.reason).toBe('attempts_exhausted');
    expect(new Set(groups(dataset)).size).toBe(groups(dataset).length);
  });

  it('only marks rows when it does not filter, where the task declares the mark', async () => {
    class Row extends dataPoint({ question: Type.String(), best: Type.Optional(Type.Boolean()) }) {}
    class Task extends TransformationTask.of({ input: Row }) {}
    class Builder extends TransformationDataBuilder.of({ task: Task, blocks: { generator: LMProvider } }) {
      override transform(row: Row) {
        return row;
      }
    }
    using dataset = new TestDataset();
    const mark = new LongestOfEach({ name: 'longest', output_map: { is_valid: 'best' } });
    await dataset.run({
      builder: Builder,
      input: [{ question: 'ab' }, { question: 'abc' }, { question: 'b', id: 3 }],
      postprocessors: [mark],
      model: new ScriptedModel(answer),
    });
    expect(dataset.read('finalData').map(({ task_name: _task, is_seed: _seed, ...row }) => row)).toEqual([
      { question: 'ab', best: false },
      { question: 'abc', best: true },
      { id: 3, question: 'b', best: true },
    ]);
  });
});
