import { GenerationDataBuilder, LMProvider, registerDataBuilder, type Attempt } from '@dgt/core';
import { parsePair, writePrompt } from './prompt.js';
import { GeographyQA, GeographyQATask } from './task.js';

/** Makes geography question-answer pairs: one model call for each example of the batch, three examples in each prompt. */
@registerDataBuilder('public/test/geography_qa')
export class GeographyQADataBuilder extends GenerationDataBuilder.of({
  task: GeographyQATask,
  blocks: { generator: LMProvider },
}) {
  async *generate(seeds: readonly GeographyQA[], ctx: Attempt) {
    const requests = seeds.map(() => {
      const examples = ctx.random.choices(seeds, 3);
      return { input: writePrompt(examples), reference: examples };
    });
    for await (const { result } of this.blocks.generator.run(requests)) {
      const pair = parsePair(result);
      if (pair) yield new GeographyQA(pair);
      else ctx.reject('no question-answer pair', result);
    }
  }
}
