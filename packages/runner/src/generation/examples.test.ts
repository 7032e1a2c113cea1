import { GenerationTask, Type, createRandom, dataPoint, type Row } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemporaryLedger, acceptedOutcome } from '../__fixtures__/temporary-ledger.js';
import { PairTask, pairSeeds } from '../__fixtures__/pair-builder.js';
import { Examples, instantiateSeeds } from './examples.js';

type Example = { question: string; is_seed: boolean; task_name: string };

const spec = { task_name: 'test/pairs', task_description: '', created_by: '', fields: {} };
const task = new PairTask(spec) as unknown as GenerationTask;

interface Sizes {
  readonly seeds: number;
  readonly seedBatchSize: number;
  readonly machineBatchSize: number;
}

function seedRows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({ question: `seed ${index}`, answer: 'a' }));
}

function createExamples({ ledger }: TemporaryLedger, sizes: Sizes, of = task, randomName = 'run'): Examples {
  const { seeds, seedBatchSize, machineBatchSize } = sizes;
  return new Examples({
    task: of,
    seeds: instantiateSeeds(of, seedRows(seeds)),
    ledger,
    seedBatchSize,
    machineBatchSize,
    randomName,
  });
}

async function commitRows({ ledger }: TemporaryLedger, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    const stamps = { task_name: 'test/pairs', is_seed: false };
    return acceptedOutcome(1, index, { ...stamps, question: `made ${index}`, answer: 'b' });
  });
  await ledger.commitAttempts([{ number: 1, outcomes: rows }]);
}

function questions(examples: readonly object[]): string[] {
  return (examples as Example[]).map(({ question }) => question);
}

const anySizes = fc.record({
  seeds: fc.integer({ min: 1, max: 40 }),
  seedBatchSize: fc.integer({ min: 1, max: 60 }),
  machineBatchSize: fc.nat(12),
});

describe('the seeds of an attempt', () => {
  it('are taken in turn, from the first again after the last', () => {
    using place = new TemporaryLedger();
    const examples = createExamples(place, { seeds: 5, seedBatchSize: 2, machineBatchSize: 0 });
    const batches = [1, 2, 3, 4].map((attempt) => questions(examples.choose(attempt, 0).batch));
    expect(batches).toEqual([
      ['seed 0', 'seed 1'],
      ['seed 2', 'seed 3'],
      ['seed 4', 'seed 0'],
      ['seed 1', 'seed 2'],
    ]);
  });

  it('are never the same twice in a batch, never none, and all used equally often, for any sizes', () => {
    using place = new TemporaryLedger();
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 100_000 }), (sizes, first) => {
        const examples = createExamples(place, sizes);
        const used = new Map<string, number>();
        for (let attempt = first; attempt < first + sizes.seeds; attempt++) {
          const batch = questions(examples.choose(attempt, 0).batch);
          expect(batch.length).toBe(Math.min(sizes.seeds, sizes.seedBatchSize));
          expect(new Set(batch).size).toBe(batch.length);
          for (const question of batch) used.set(question, (used.get(question) ?? 0) + 1);
        }
        expect(new Set(used.values()).size).toBe(1);
        expect(used.size).toBe(sizes.seeds);
      }),
      { numRuns: 60 },
    );
  });

  it('are stamped as seeds and cannot be changed by a builder', () => {
    const [seed] = instantiateSeeds(task, pairSeeds) as Example[];
    expect(seed).toMatchObject({ task_name: 'test/pairs', is_seed: true, question: 'seed 0?' });
    expect(() => Object.assign(seed as Example, { question: 'mine' })).toThrow(TypeError);
  });
});

describe('the synthetic rows of an attempt', () => {
  it('are all that it may see while they are few, in the order in which they were made', async () => {
    using place = new TemporaryLedger();
    await commitRows(place, 20);
    const examples = createExamples(place, { seeds: 1, seedBatchSize: 1, machineBatchSize: 3 });
    expect(questions(examples.choose(9, 2).batch)).toEqual(['seed 0', 'made 0', 'made 1']);
    expect(questions(examples.choose(9, 0).batch)).toEqual(['seed 0']);
  });

  it('are a sample later: different ones, of those it may see, the same whenever it is drawn', async () => {
    using place = new TemporaryLedger();
    await commitRows(place, 60);
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 1000 }), fc.nat(60), (sizes, attempt, visible) => {
        const examples = createExamples(place, sizes);
        const made = questions(examples.choose(attempt, visible).batch).filter((text) => text.startsWith('made'));
        expect(made).toHaveLength(Math.min(sizes.machineBatchSize, visible));
        expect(new Set(made).size).toBe(made.length);
        expect(made.every((text) => Number(text.slice(5)) < visible)).toBe(true);
        examples.choose(attempt + 1, visible);
        expect(questions(examples.choose(attempt, visible).batch).slice(-made.length || undefined)).toEqual(
          questions(createExamples(place, sizes).choose(attempt, visible).batch).slice(-made.length || undefined),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('are other ones for another attempt, and in a run of another randomness', async () => {
    using place = new TemporaryLedger();
    await commitRows(place, 60);
    const sizes = { seeds: 1, seedBatchSize: 1, machineBatchSize: 5 };
    const batches = [
      createExamples(place, sizes).choose(1, 60),
      createExamples(place, sizes).choose(2, 60),
      createExamples(place, sizes, task, 'another run').choose(1, 60),
    ].map(({ batch }) => questions(batch).join());
    expect(new Set(batches).size).toBe(3);
  });

  it('are stamped as synthetic and frozen', async () => {
    using place = new TemporaryLedger();
    await commitRows(place, 1);
    const examples = createExamples(place, { seeds: 1, seedBatchSize: 1, machineBatchSize: 1 });
    const made = examples.choose(2, 1).batch.at(-1) as Example;
    expect(made).toMatchObject({ question: 'made 0', is_seed: false, task_name: 'test/pairs' });
    expect(Object.isFrozen(made)).toBe(true);
  });

  it('leave out what the examples of the task do not have', async () => {
    class Question extends dataPoint({ question: Type.String() }) {}
    class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
    const wider = new (class extends GenerationTask.of({ input: Question, output: Pair }) {})(spec);
    using place = new TemporaryLedger();
    await commitRows(place, 1);
    const examples = new Examples({
      task: wider as unknown as GenerationTask,
      seeds: instantiateSeeds(wider as unknown as GenerationTask, [{ question: 'seed 0' }]),
      ledger: place.ledger,
      seedBatchSize: 1,
      machineBatchSize: 1,
      randomName: 'run',
    });
    expect(examples.batchSize).toBe(2);
    expect(examples.choose(2, 1).batch.at(-1)).toEqual({
      question: 'made 0',
      is_seed: false,
      task_name: 'test/pairs',
    });
  });

  it('do not come back where the task makes another kind of row than it learns from', async () => {
    class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
    class Quiz extends dataPoint({ question: Type.String(), answer: Type.Array(Type.String()) }) {}
    const other = new (class extends GenerationTask.of({ input: Pair, output: Quiz }) {})(spec);
    using place = new TemporaryLedger();
    await commitRows(place, 5);
    const sizes = { seeds: 2, seedBatchSize: 1, machineBatchSize: 3 };
    const examples = createExamples(place, sizes, other as unknown as GenerationTask);
    const { batch, synthetic } = examples.choose(1, 5);
    expect(examples.batchSize).toBe(1);
    expect(questions(batch)).toEqual(['seed 0']);
    expect(synthetic.length).toBe(0);
  });
});

describe('what an attempt may sample from', () => {
  it('is every seed and the synthetic rows that it may see', async () => {
    using place = new TemporaryLedger();
    await commitRows(place, 9);
    const examples = createExamples(place, { seeds: 3, seedBatchSize: 1, machineBatchSize: 0 });
    const { seeds, synthetic } = examples.choose(1, 4);
    expect([seeds.length, synthetic.length]).toEqual([3, 4]);
    expect((synthetic.at(3) as Example).question).toBe('made 3');
    const sample = task.sampleExamples({
      seeds: seeds as never,
      synthetic: synthetic as never,
      count: 4,
      seedFraction: 0.5,
      random: createRandom('test'),
    });
    expect(sample.map(({ is_seed }) => is_seed)).toEqual([true, true, false, false]);
  });
});

describe('seeds', () => {
  class Tagged extends dataPoint({ tags: Type.Array(Type.Object({ name: Type.String() })) }) {}
  class TaggedTask extends GenerationTask.of({ input: Tagged }) {}

  it('cannot be changed by one attempt for the others, however deep; the rows of the user are left alone', () => {
    const rows = [{ tags: [{ name: 'a' }] }];
    const [seed] = instantiateSeeds(new TaggedTask(spec) as unknown as GenerationTask, rows) as Tagged[];
    expect(() => seed?.tags.push({ name: 'b' })).toThrow(TypeError);
    expect(() => Object.assign(seed?.tags[0] ?? {}, { name: 'b' })).toThrow(TypeError);
    expect(Object.isFrozen(rows[0]?.tags)).toBe(false);
  });
});
