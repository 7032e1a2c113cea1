import { GenerationDataBuilder, GenerationTask, LMProvider, Type, dataPoint, type Attempt } from '@dgt/core';

export class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}

export class PairTask extends GenerationTask.of({ input: Pair }) {}

const declared = { task: PairTask, blocks: { generator: LMProvider } };

/** One call an example; `bad` answers give no row. */
export class PairBuilder extends GenerationDataBuilder.of(declared) {
  async *generate(seeds: readonly Pair[], ctx: Attempt) {
    const requests = seeds.map((_, index) => {
      const shown = ctx.random.choices(seeds, 2).map(({ question }) => question);
      return { input: `${ctx.number}.${index}: ${shown.join(' | ')}` };
    });
    for await (const { result } of this.blocks.generator.run(requests)) {
      if (result.startsWith('bad')) ctx.reject('not a pair', result);
      else yield new Pair({ question: result, answer: 'yes' });
    }
  }
}

/** Two calls in sequence for each example, many flows at once, each in its own lane. */
export class FlowBuilder extends GenerationDataBuilder.of(declared) {
  async generate(seeds: readonly Pair[], ctx: Attempt<this['blocks']>) {
    const flows = await ctx.map(seeds, async (seed, lane) => {
      const first = `${seed.question} ${lane.random.integer(1000)}`;
      const [draft] = await lane.blocks.generator.run([{ input: first }]).toArray();
      const [better] = await lane.blocks.generator.run([{ input: `improve ${draft?.result}` }]).toArray();
      if (better === undefined || better.result.startsWith('bad')) lane.reject('no flow', better?.result);
      return better;
    });
    return flows.flatMap((flow) =>
      flow?.result.startsWith('bad') === false ? [new Pair({ question: flow.result, answer: 'yes' })] : [],
    );
  }
}

export const pairSeeds = Array.from({ length: 4 }, (_, index) => ({ question: `seed ${index}?`, answer: 'seed' }));
