import { DatasetValidator, LMProvider, ProviderError, SequenceValidator, TransformationDataBuilder } from '@dgt/core';
import { TransformationTask, Type, dataPoint, type Gate, type Row, type RowContext } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { PairBuilder, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel, type Answer } from '../__fixtures__/scripted-model.js';

class Question extends dataPoint({ question: Type.String() }) {}
class Rated extends dataPoint({ question: Type.String(), rating: Type.String() }) {}
class RateTask extends TransformationTask.of({ input: Question, output: Rated }) {}

class RateBuilder extends TransformationDataBuilder.of({ task: RateTask, blocks: { generator: LMProvider } }) {
  override async *transform({ question }: Question, ctx: RowContext) {
    if (question === 'odd') ctx.reject('cannot be written', 10n);
    if (question === 'leak') throw new Error('GET https://example.test/?key=sk-secret failed');
    const prompts = question === 'three' ? ['3a', '3b', '3c'] : [question];
    for await (const { result } of this.blocks.generator.run(prompts.map((input) => ({ input }))))
      yield new Rated({ question, rating: result });
  }
}

function rate(
  input: readonly Row[],
  answer: Answer,
  more: Partial<DatasetRun> = {},
): DatasetRun & { model: ScriptedModel } {
  return { builder: RateBuilder, input, ...more, model: new ScriptedModel(answer) };
}

const questions = (...names: string[]) => names.map((question) => ({ question }));
const refusal = () =>
  new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', { provider: 's', endpoint: 'n', status: 400, reason: 'no' });

class AskingGate extends SequenceValidator.of({ input: { question: Type.String() } }) {
  openGate(): Gate<{ question: string }> {
    return { judge: () => ({ valid: true }), remember: () => {} };
  }
}

/** Asks about every row of the dataset at its end. */
class AskingJudge extends DatasetValidator.of({ input: { question: Type.String() } }) {
  ask: (question: string) => Promise<string> = async () => 'fine';

  async validateAll(rows: readonly { question: string }[], { lane }: Parameters<DatasetValidator['validateAll']>[1]) {
    const verdicts = rows.map(({ question }, index) =>
      lane.at(index).call({ label: 'judge', request: question, execute: () => this.ask(question) }),
    );
    return (await Promise.all(verdicts)).map((verdict) => verdict === 'fine');
  }
}

describe('a run whose postprocessors call models', () => {
  const settings = { num_outputs_to_generate: 4, seed_batch_size: 2, machine_batch_size: 0 };
  const generate = (postprocessors: DatasetRun['postprocessors'] & object, more: Partial<DatasetRun> = {}) =>
    ({
      builder: PairBuilder,
      seeds: pairSeeds,
      settings,
      postprocessors,
      ...more,
      model: new ScriptedModel((_, key) => key),
    }) as DatasetRun & { model: ScriptedModel };

  it('can be stopped while a gate asks about the seeds', async () => {
    using dataset = new TestDataset();
    const gate = new AskingGate({ name: 'gate', filter: true });
    let stop = () => {};
    gate.prepareInput = async (input, { lane }) => {
      await lane.call({
        label: 'gate',
        request: input.question,
        execute: () => (stop(), new Promise<string>(() => {})),
      });
      return input;
    };
    const { ending } = await dataset.run(
      generate([gate], { onStart: (session) => (stop = () => session.run.abort()) }),
    );
    expect(ending.reason).toBe('cancelled');
  });

  it('ends when the model of a judge of the whole dataset is gone for good', async () => {
    using dataset = new TestDataset();
    const judge = new AskingJudge({ name: 'judge', filter: true });
    judge.ask = async () => {
      throw new ProviderError('DGT_PROVIDER_AUTH', 'fatal', {
        provider: 's',
        endpoint: 'n',
        key: 'k',
        status: 401,
        reason: 'no',
      });
    };
    const { ending } = await dataset.run(generate([judge]));
    expect(ending.reason).toBe('failed');
    judge.ask = async () => 'fine';
    const again = await dataset.run(generate([judge]));
    expect([again.ending.reason, again.results.rows]).toEqual(['complete', 4]);
  });

  it('makes the calls of a judge of the whole dataset after an edit', async () => {
    using dataset = new TestDataset();
    const judge = new AskingJudge({ name: 'judge', filter: true });
    await dataset.run(generate([judge]));
    const edited = generate([judge], { digest: { 'generate.ts': 'edited' } });
    const { ending } = await dataset.run({ ...edited, settings: { ...settings, num_outputs_to_generate: 6 } });
    expect(ending.reason).toBe('complete');
    expect(dataset.read('finalData')).toHaveLength(6);
  });
});

describe('a transformation', () => {
  it('goes on with a row that gave up something that JSON cannot hold', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(rate(questions('a', 'odd', 'b'), (prompt) => prompt));
    expect([ending.reason, results.rows]).toEqual(['complete', 3]);
    expect(dataset.read('rejected')).toMatchObject([{ reason: 'cannot be written', answer: '10' }]);
    const again = await dataset.run(rate(questions('a', 'odd', 'b'), (prompt) => prompt));
    expect([again.untouched, again.results.rows]).toEqual([true, 3]);
  });

  it('lists the failures of a row in the order of its calls, whenever they came', async () => {
    const listed = async (order: readonly string[]) => {
      using dataset = new TestDataset();
      const waiting = new Map<string, () => void>();
      const answer: Answer = (prompt) =>
        new Promise((_resolve, reject) => {
          waiting.set(prompt, () => reject(refusal()));
          if (waiting.size === 3) for (const name of order) setImmediate(() => waiting.get(name)?.());
        });
      await dataset.run(rate(questions('three'), answer, { settings: { max_error_rate: 1 } }));
      return dataset.read('errors').map(({ row }) => (row as { input: string }).input);
    };
    expect(await listed(['3c', '3b', '3a'])).toEqual(['3a', '3b', '3c']);
    expect(await listed(['3b', '3a', '3c'])).toEqual(['3a', '3b', '3c']);
  });

  it('never writes a secret that an exception holds', async () => {
    using dataset = new TestDataset();
    dataset.secrets.keep('sk-secret');
    await dataset.run(rate(questions('leak', 'a'), (prompt) => prompt));
    expect(dataset.bytes('errors')).toContain('GET https://example.test/?key=');
    expect(dataset.bytes('errors')).not.toContain('sk-secret');
  });

  it('can be stopped while its source waits for more', async () => {
    using dataset = new TestDataset();
    let stop = () => {};
    const input = {
      async *read() {
        yield { question: 'a' };
        stop();
        await new Promise(() => {});
      },
      fingerprint: async () => undefined,
      count: async () => undefined,
    };
    const run = rate([], (prompt) => prompt, { onStart: (session) => (stop = () => session.run.stop()) });
    const { ending } = await dataset.run({ ...run, input });
    expect(ending.reason).toBe('cancelled');
  });

  it('works on every row when it is told to go on in batches of another size', async () => {
    using dataset = new TestDataset();
    const input = {
      async *read({ skip = 0 } = {}) {
        for (let index = skip; index < 12; index++) yield { question: `q${index}` };
      },
      fingerprint: async () => 'the same',
      count: async () => 12,
    };
    class Batch extends TransformationDataBuilder.of({ task: RateTask, blocks: { generator: LMProvider } }) {
      override transformBatch(rows: readonly Question[]) {
        return rows.map(({ question }) => new Rated({ question, rating: 'r' }));
      }
    }
    const batch = (size: number, more: Partial<DatasetRun> = {}) =>
      dataset.run({ ...rate([], (prompt) => prompt), builder: Batch, input, units: { size }, ...more });
    await batch(2);
    const { results } = await batch(5, { mode: 'continue' });
    expect(results.rows).toBe(12);
    expect(dataset.read('finalData').map(({ question }) => question)).toEqual(
      Array.from({ length: 12 }, (_, index) => `q${index}`),
    );
  });

  it('compares its input again when it was killed before what it made of an edited row was forgotten', async () => {
    using dataset = new TestDataset();
    const input = (question: string, fingerprint: string) => ({
      async *read({ skip = 0 } = {}) {
        yield* [{ id: 1, question }].slice(skip);
      },
      fingerprint: async () => fingerprint,
      count: async () => 1,
    });
    const run = (question: string, fingerprint: string) =>
      dataset.run({ ...rate([], (prompt) => prompt), input: input(question, fingerprint), units: { uniqueKey: 'id' } });
    await run('old', '1');
    dataset.failOnce = 'working again';
    await expect(run('new', '2')).rejects.toThrow('killed');
    await run('new', '2');
    expect(dataset.read('finalData')).toMatchObject([{ question: 'new', rating: 'new' }]);
  });
});
