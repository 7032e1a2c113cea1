import { GenerationDataBuilder, LMProvider, registerDataBuilder, type Attempt } from '@dgt/core';
import { readPair, writePrompt } from './prompt.js';
import { __Name__Row, __Name__Task } from './task.js';

/** Makes a row for each example that it is given: one call of the model, which is shown three examples. */
@registerDataBuilder('__name__')
export class __Name__Builder extends GenerationDataBuilder.of({
  task: __Name__Task,
  // What the YAML beside this file must declare.
  blocks: { generator: LMProvider },
}) {
  async *generate(seeds: readonly __Name__Row[], ctx: Attempt) {
    const requests = seeds.map(() => ({ input: writePrompt(ctx.random.choices(seeds, 3)) }));
    for await (const { result } of this.blocks.generator.run(requests)) {
      const pair = readPair(result);
      if (pair) yield new __Name__Row(pair);
      else ctx.reject('not a question and an answer', result);
    }
  }
}
