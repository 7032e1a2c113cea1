import {
  dataPoint,
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  registerDataBuilder,
  Type,
  type Attempt,
} from '@dgt/core';
import './fake-model.js';

class Line extends dataPoint({ text: Type.String() }) {}
class CountingTask extends GenerationTask.of({ input: Line, fields: { fails_at: Type.Optional(Type.Integer()) } }) {}

/** Asks for one line an example; answers that do not begin with `text:` give no row. */
@registerDataBuilder('test/counting')
export class CountingDataBuilder extends GenerationDataBuilder.of({
  task: CountingTask,
  blocks: { generator: LMProvider },
}) {
  async *generate(seeds: readonly Line[], ctx: Attempt) {
    if (ctx.number === this.task.fields.fails_at) throw new RangeError('as the task asked for');
    const prompts = seeds.map((_, index) => ({ input: `line ${index} of attempt ${ctx.number}` }));
    for await (const { result } of this.blocks.generator.run(prompts)) {
      const text = /^text: (.*)$/.exec(result)?.[1];
      if (text === undefined) ctx.reject('no text in the answer', result);
      else yield new Line({ text });
    }
  }
}
