import { Block, GenerationDataBuilder, LMProvider, SequenceValidator, Type, type Attempt, type Gate } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { Pair, PairTask, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';

type Question = { readonly question: string };

const question = { question: Type.String() };

/** Refuses what it remembers, as a deduplicator does. */
class Once extends SequenceValidator.of({ input: question }) {
  openGate(): Gate<Question> {
    const known = new Map<string, unknown>();
    return {
      judge: ({ question: text }, label) => {
        if (known.has(text)) return { valid: false, reason: 'repeats', against: known.get(text) };
        known.set(text, label);
        return { valid: true };
      },
      remember: ({ question: text }, label) => void known.set(text, label),
    };
  }
}

/** Refuses a number that is next to one it remembers. */
class Apart extends SequenceValidator.of({ input: question }) {
  openGate(): Gate<Question> {
    const known = new Set<number>();
    return {
      judge: ({ question: text }) => {
        const number = Number(text);
        if (known.has(number - 1) || known.has(number + 1)) return { valid: false };
        known.add(number);
        return { valid: true };
      },
      remember: ({ question: text }) => void known.add(Number(text)),
    };
  }
}

class OnlyValid extends Block.of({ input: { is_valid: Type.Boolean() } }) {
  process({ is_valid: isValid }: { is_valid: boolean }) {
    return isValid ? {} : [];
  }
}

/** Makes two rows of one. */
class Split extends Block.of({ input: question, output: question }) {
  process({ question: text }: Question) {
    return [{ question: `${text}1` }, { question: `${text}2` }];
  }
}

/** A builder whose attempts give these questions, the last again and again. */
function giving(attempts: (number: number) => readonly string[]) {
  return class extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
    generate(_seeds: readonly Pair[], { number }: Attempt) {
      return attempts(number).map((text) => new Pair({ question: text, answer: '' }));
    }
  };
}

/** Runs twelve attempts in one go, and again with a new process after each: the bytes must be the same. */
async function runBothWays(run: Pick<DatasetRun, 'builder' | 'postprocessors'>) {
  const model = new ScriptedModel(() => '');
  const limited = (attempts: number) => ({
    ...run,
    model,
    seeds: pairSeeds,
    settings: { num_outputs_to_generate: 1000, seed_batch_size: 1, machine_batch_size: 0, max_attempts: attempts },
  });
  using whole = new TestDataset();
  await whole.run(limited(12));
  using resumed = new TestDataset();
  for (let attempts = 1; attempts <= 12; attempts++) await resumed.run(limited(attempts));
  expect(resumed.read('data')).toEqual(whole.read('data'));
  expect(resumed.bytes('rejected')).toBe(whole.bytes('rejected'));
  return { data: whole.read('data'), rejected: whole.read('rejected') };
}

describe('the memory of a sequence stage after a new start', () => {
  it('does not hold rows that failed it and were kept with a mark', async () => {
    const { data } = await runBothWays({
      builder: giving((number) => [String(number)]),
      postprocessors: [new Apart({ name: 'apart', against: 'none' }), new OnlyValid()],
    });
    expect(data.map((row) => row['question'])).toEqual(['1', '3', '5', '7', '9', '11']);
  });

  it('does not hold rows that a later stage split off', async () => {
    const { data } = await runBothWays({
      builder: giving((number) => ['x'.repeat(number), `${'x'.repeat(number - 1)}2`]),
      postprocessors: [new Once({ name: 'once', filter: true }), new Split()],
    });
    expect(data).toHaveLength(48);
  });

  it('names the row that was repeated, also when a later stage makes several of each', async () => {
    const { rejected } = await runBothWays({
      builder: giving((number) => (number < 3 ? [`a${number}`, `b${number}`] : ['b1', 'b2'])),
      postprocessors: [new Once({ name: 'once', filter: true }), new Split()],
    });
    expect(rejected.slice(0, 2).map((row) => row['against'])).toMatchObject([{ question: 'b11' }, { question: 'b21' }]);
  });
});

describe('a validator that a builder runs itself', () => {
  it('leaves the row that was repeated in rejected.jsonl, as a postprocessor does', async () => {
    class CheckingBuilder extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: Once } }) {
      generate() {
        const rows = ['first', 'second'].map((answer) => ({ question: 'same', answer }));
        return this.blocks.generator.run(rows);
      }
    }
    using dataset = new TestDataset();
    const model = new Once({ name: 'once', filter: true });
    await dataset.run({ builder: CheckingBuilder, model, seeds: pairSeeds, settings: { num_outputs_to_generate: 1 } });
    expect(dataset.read('rejected')).toEqual([
      {
        task_name: 'test/pairs',
        attempt: 1,
        block: 'once',
        reason: 'repeats',
        against: { question: 'same', answer: 'first' },
        answer: { question: 'same', answer: 'second' },
      },
    ]);
  });
});
