import { LMProvider, TransformationDataBuilder, TransformationTask } from '@dgt/core';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { Pair, PairBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';
import { acceptedOutcome, TemporaryLedger } from '../__fixtures__/temporary-ledger.js';
import { Ledger } from '../ledger/ledger.js';

class AnswerTask extends TransformationTask.of({ input: Pair, output: Pair }) {}

/** Answers the question of each row. */
class AnswerBuilder extends TransformationDataBuilder.of({ task: AnswerTask, blocks: { generator: LMProvider } }) {
  override async *transform({ question }: Pair) {
    for await (const { result } of this.blocks.generator.run([{ input: question }]))
      yield new Pair({ question, answer: result });
  }
}

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
    expect(existsSync(dataset.files.ledger)).toBe(false);
    await expect(dataset.run(run(5))).rejects.toMatchObject({ code: 'DGT_FOLDER_FOREIGN' });
  });

  it('are refused as they are when they cannot be told apart', async () => {
    using dataset = new TestDataset();
    leave(dataset, rows);
    const transform = { ...run(5), builder: AnswerBuilder, input: [{ question: 'old 1?', answer: '' }] };
    await expect(dataset.run({ ...transform, adopt: true })).rejects.toMatchObject({ code: 'DGT_ADOPT_KEY' });
    await expect(dataset.run(transform)).rejects.toMatchObject({ code: 'DGT_FOLDER_FOREIGN' });
    expect(dataset.bytes('finalData')).toContain('old 3?');
  });

  it('are refused by line when one in their middle cannot be read; only the last may be torn', async () => {
    using dataset = new TestDataset();
    leave(dataset, rows);
    const [first, ...others] = dataset.bytes('finalData').split('\n');
    writeFileSync(dataset.files.finalData, [first, '', '{"torn', ...others].join('\n'));
    await expect(dataset.run(run(5, { adopt: true }))).rejects.toMatchObject({
      code: 'DGT_CONFIG_INVALID',
      message: `${dataset.files.finalData}:3: is no JSON object`,
    });
  });

  it('are seen again after a run that ended before it had adopted them', async () => {
    using dataset = new TestDataset();
    leave(dataset, rows);
    Ledger.open(dataset.files.ledger).close();
    await expect(dataset.run(run(5))).rejects.toMatchObject({ code: 'DGT_FOLDER_FOREIGN' });
    const { results } = await dataset.run(run(5, { adopt: true }));
    expect(results.rows).toBe(5);
  });

  it('are adopted all or not at all', async () => {
    using place = new TemporaryLedger();
    const attempts = [1, 2, 2].map((number) => ({ number, outcomes: [acceptedOutcome(number, 0, { number })] }));
    const [key] = [Buffer.alloc(16, 1)];
    await expect(place.ledger.adopt({ attempts, inputs: [{ key, rows: [] }] })).rejects.toThrow();
    expect(place.reopen().isBlank).toBe(true);
    expect(place.ledger.inputs.hasAdopted).toBe(false);
    await place.ledger.adopt({ attempts: attempts.slice(0, 2), inputs: [{ key, rows: [{ number: 3 }] }] });
    expect(place.reopen().isBlank).toBe(false);
    expect(place.ledger.getMeta('adopted')).toBe(2);
    expect(place.ledger.inputs.adopted(key)).toEqual([{ number: 3 }]);
  });

  it('are kept aside by a restart, as is what was adopted of them', async () => {
    using dataset = new TestDataset();
    leave(dataset, rows);
    await dataset.run(run(2, { restart: true }));
    const kept = () => readFileSync(join(dataset.files.previous, 'final_data.jsonl'), 'utf8');
    expect(kept()).toContain('old 3?');
    expect(dataset.bytes('finalData')).not.toContain('old');
  });

  it('are made anew where the input row has changed since they were adopted', async () => {
    using dataset = new TestDataset();
    leave(dataset, [
      { id: 1, question: 'one?', answer: 'old 1' },
      { id: 2, question: 'two?', answer: 'old 2' },
    ]);
    const answers = async (...questions: string[]) => {
      const input = questions.map((question, index) => ({ id: index + 1, question, answer: '' }));
      const model = new ScriptedModel((prompt) => `to ${prompt}`);
      await dataset.run({ builder: AnswerBuilder, input, units: { uniqueKey: 'id' }, adopt: true, model });
      return dataset.read('finalData').map(({ answer }) => answer);
    };
    expect(await answers('one?', 'two?', 'three?')).toEqual(['old 1', 'old 2', 'to three?']);
    expect(await answers('ONE?', 'two?', 'three?')).toEqual(['to ONE?', 'old 2', 'to three?']);
    expect(await answers('one?', 'two?', 'three?')).toEqual(['to one?', 'old 2', 'to three?']);
  });
});
