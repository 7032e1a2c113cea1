import { GenerationDataBuilder, LMProvider, SequenceValidator, Type, type Attempt, type Gate } from '@dgt/core';
import { expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { Pair, PairTask, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';

class Dedup extends SequenceValidator.of({ input: { question: Type.String() } }) {
  openGate(): Gate<{ question: string }> {
    const seen = new Set<string>();
    return {
      judge: ({ question }) =>
        seen.has(question) ? { valid: false, reason: 'repeats' } : (seen.add(question), { valid: true }),
      remember: ({ question }) => void seen.add(question),
    };
  }
}

/** Tells the model what was rejected lately; the model repeats itself unless it is told. */
class AvoidingBuilder extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
  async *generate(_seeds: readonly Pair[], ctx: Attempt) {
    const avoid = ctx.recentRejects<Pair>(5).map(({ question }) => question);
    const input = `${ctx.number}: not ${avoid.join(' or ')}`;
    for await (const { result } of this.blocks.generator.run([{ input }]))
      yield new Pair({ question: result, answer: '' });
  }
}

/** Gives one of three questions, and a new one to who names two of them. */
function answer(prompt: string): string {
  const number = Number.parseInt(prompt, 10);
  const named = prompt.match(/q\d\b/g) ?? [];
  return new Set(named).size >= 2 ? `new ${number}` : `q${number % 3}`;
}

function run(): DatasetRun & { model: ScriptedModel } {
  return {
    builder: AvoidingBuilder,
    seeds: pairSeeds,
    postprocessors: [new Dedup({ name: 'dedup', filter: true })],
    settings: { num_outputs_to_generate: 12, seed_batch_size: 1, machine_batch_size: 0 },
    model: new ScriptedModel(answer),
  };
}

it('hands rows that were rejected to later prompts, the newest first, the same whenever the run is interrupted', async () => {
  using whole = new TestDataset();
  const first = run();
  await whole.run(first);
  const prompts = first.model.sent.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  expect(prompts[0]).toBe('1: not ');
  expect(prompts.find((prompt) => prompt.includes('q'))).toMatch(/: not q\d( or q\d)*$/);
  expect(whole.read('finalData').some(({ question }) => (question as string).startsWith('new'))).toBe(true);
  for (const stopAfter of [2, 5, 9]) {
    using dataset = new TestDataset();
    let answered = 0;
    let stop = () => {};
    const model = new ScriptedModel((prompt) => {
      if (++answered === stopAfter) stop();
      return answer(prompt);
    });
    await dataset.run({ ...run(), model, onStart: (session) => (stop = () => session.run.stop()) });
    await dataset.run(run());
    expect(dataset.bytes('finalData')).toBe(whole.bytes('finalData'));
  }
});
