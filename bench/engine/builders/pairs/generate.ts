import {
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  Type,
  dataPoint,
  registerDataBuilder,
  type Attempt,
} from '@dgt/core';
import { parsePair, writePrompt } from '../../pairs.js';

class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}

class PairTask extends GenerationTask.of({ input: Pair }) {}

/** One call for each example, as the geography example does it. */
@registerDataBuilder('pairs')
export class PairBuilder extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
  async *generate(seeds: readonly Pair[], ctx: Attempt<this['blocks']>) {
    const requests = seeds.map(() => ({ input: writePrompt(ctx.random.choices(seeds, 3)) }));
    for await (const { result } of this.blocks.generator.run(requests)) {
      const pair = parsePair(result);
      if (pair === undefined) ctx.reject('no pair', result);
      else yield new Pair(pair);
    }
  }
}
