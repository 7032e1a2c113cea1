import { GenerationDataBuilder, LMProvider, ProviderError, systemClock, type Attempt } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestDataset } from '../__fixtures__/dataset.js';
import { Pair, PairBuilder, PairTask, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel, type Answer } from '../__fixtures__/scripted-model.js';

const settings = { num_outputs_to_generate: 12, seed_batch_size: 3, machine_batch_size: 0 };

function run(
  answer: Answer,
  builder: typeof PairBuilder | typeof CatchingBuilder | typeof ThrowingBuilder = PairBuilder,
) {
  return { builder, model: new ScriptedModel(answer), seeds: pairSeeds, settings };
}

function failure(kind: ProviderError['failure']) {
  const details = { provider: 'scripted', endpoint: 'nowhere', status: 400, reason: 'no', seconds: 600 };
  return new ProviderError(kind === 'down' ? 'DGT_ENDPOINT_DOWN' : 'DGT_PROVIDER_REQUEST', kind, details);
}

const declared = { task: PairTask, blocks: { generator: LMProvider } };

/** An author who swallows every exception. */
class CatchingBuilder extends GenerationDataBuilder.of(declared) {
  async *generate(seeds: readonly Pair[]) {
    for (const seed of seeds) {
      try {
        const [row] = await this.blocks.generator.run([{ input: seed.question }]).toArray();
        if (row !== undefined) yield new Pair({ question: row.result, answer: 'yes' });
      } catch {
        yield new Pair({ question: 'made up', answer: 'no' });
      }
    }
  }
}

class ThrowingBuilder extends GenerationDataBuilder.of(declared) {
  async *generate(seeds: readonly Pair[], ctx: Attempt) {
    for await (const { result } of this.blocks.generator.run(seeds.map(({ question }) => ({ input: question })))) {
      if (ctx.number === 2) throw new TypeError('result.split is not a function');
      yield new Pair({ question: result, answer: 'yes' });
    }
  }
}

describe('a failing call', () => {
  it('that can never succeed costs its row and is recorded, also across a restart of the process', async () => {
    using dataset = new TestDataset();
    const poison: Answer = (prompt, key) => {
      if (prompt.startsWith('1.0:')) throw failure('permanent');
      return key;
    };
    const { ending, results } = await dataset.run(run(poison));
    expect(ending.reason).toBe('complete');
    expect(results.rows).toBe(12);
    const [error] = dataset.read('errors');
    expect(error).toMatchObject({
      block: 'generator',
      code: 'DGT_PROVIDER_REQUEST',
      reason: expect.stringContaining('no'),
    });
    expect(dataset.read('errors')).toHaveLength(1);
    expect(results.calls.failed).toBe(1);
    const again = run(() => 'other', PairBuilder);
    await dataset.run({ ...again, mode: 'replay' });
    expect(dataset.read('errors')).toHaveLength(1);
    expect(again.model.sent).toEqual([]);
  });

  it('that no call can survive ends the run at once, whatever the author catches', async () => {
    using dataset = new TestDataset();
    const { ending } = await dataset.run(
      run(() => {
        throw failure('fatal');
      }, CatchingBuilder),
    );
    expect(ending.reason).toBe('failed');
    expect(dataset.read('data')).toEqual([]);
  });

  it('of an endpoint that stays away ends the run resumably with the same data as a calm one', async () => {
    using dataset = new TestDataset();
    using calm = new TestDataset();
    let calls = 0;
    const dying: Answer = (_, key) => {
      if (++calls > 7) throw failure('down');
      return key;
    };
    expect((await dataset.run(run(dying))).ending.reason).toBe('endpoint_down');
    expect(dataset.read('data').length).toBeGreaterThan(0);
    expect((await dataset.run(run((_, key) => key))).ending.reason).toBe('complete');
    await calm.run(run((_, key) => key));
    expect(dataset.bytes('finalData')).toBe(calm.bytes('finalData'));
  });
});

describe('an exception in a builder', () => {
  it('ends the run with the earlier attempts kept, and the next run goes on from there', async () => {
    using dataset = new TestDataset();
    const { ending } = await dataset.run(run((prompt, key) => `${prompt} ${key}`, ThrowingBuilder));
    expect(ending.reason).toBe('failed');
    expect(ending.error).toMatchObject({
      code: 'DGT_BUILDER_THREW',
      message: expect.stringContaining('result.split is not a function'),
    });
    expect(ending.error?.message).toContain('attempt 2');
    expect(dataset.read('data')).toHaveLength(3);
    const fixed = run((prompt, key) => `${prompt} ${key}`, CatchingBuilder);
    expect((await dataset.run(fixed)).ending.reason).toBe('complete');
  });
});

describe('a builder that gives something else than rows', () => {
  it.each([
    ['nothing', () => undefined, 'generate gave undefined instead of rows'],
    ['a text', () => 'a row', "generate gave 'a row' instead of rows"],
    ['a list with a hole', () => [null], 'generate gave null as a row'],
    ['rows without end', endlessly, 'generate gave more than 1048576 rows at once'],
  ])('ends the run and says what it gave: %s', async (_name, generate, message) => {
    class OddBuilder extends GenerationDataBuilder.of(declared) {
      generate() {
        return generate() as never;
      }
    }
    using dataset = new TestDataset();
    const { ending } = await dataset.run({ ...run(() => ''), builder: OddBuilder });
    expect(ending).toMatchObject({ reason: 'failed', message: expect.stringContaining(message) });
  });
});

function* endlessly() {
  const pair = new Pair({ question: 'again', answer: '' });
  for (;;) yield pair;
}

describe('an exception in the metrics of a task', () => {
  it('costs the metrics and not the dataset, and is told', async () => {
    class MeasuredTask extends PairTask {
      override recordTaskResults(): never {
        throw new TypeError('there is no score');
      }
    }
    class MeasuredBuilder extends PairBuilder {
      static override readonly task = MeasuredTask as never;
    }
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(run((_, key) => key, MeasuredBuilder));
    expect(ending.reason).toBe('complete');
    expect(dataset.read('finalData')).toHaveLength(12);
    expect(results.metrics).toEqual({});
    expect(dataset.announcements.join()).toContain('recordTaskResults threw: TypeError: there is no score');
  });
});

describe('two runs on one task', () => {
  it('exclude each other, and the second says who is at work', async () => {
    using dataset = new TestDataset();
    let second: Promise<unknown> = Promise.resolve();
    const waiting: Answer = async (_, key) => {
      second = dataset.run(run((_prompt, other) => other)).catch((error: unknown) => error);
      await second;
      return key;
    };
    await dataset.run(run(waiting));
    expect(await second).toMatchObject({
      code: 'DGT_RUN_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    });
  });
});

describe('a builder that waits for something of its own', () => {
  it('is named after a minute, since the run would look as if it hung', async () => {
    using dataset = new TestDataset();
    const told = () =>
      dataset.announcements.some((line) => line.includes('attempt 1 waits for something outside of dgt'));
    class WaitingBuilder extends GenerationDataBuilder.of(declared) {
      async *generate() {
        while (!told()) await new Promise((resolve) => setTimeout(resolve, 1));
        yield new Pair({ question: 'at last', answer: 'yes' });
      }
    }
    let now = 0;
    const clock = { ...systemClock, now: () => (now += 20_000) };
    const one = { ...settings, num_outputs_to_generate: 1 };
    const model = new ScriptedModel(() => 'never asked');
    const { ending } = await dataset.run({ builder: WaitingBuilder, model, seeds: pairSeeds, settings: one, clock });
    expect(ending.reason).toBe('complete');
    expect(dataset.announcements.filter((line) => line.includes('waits for'))).toHaveLength(1);
  });
});
