import { LMProvider, registerDataBuilder, TransformationDataBuilder, type RowContext } from '@dgt/core';
import { readQuestion, writePrompt } from './prompt.js';
import { __Name__Row, __Name__Task, type __Name__Input } from './task.js';

/** Asks the model for a question like that of each row. */
@registerDataBuilder('__name__')
export class __Name__Builder extends TransformationDataBuilder.of({
  task: __Name__Task,
  // What the YAML beside this file must declare.
  blocks: { generator: LMProvider },
}) {
  // Called once for each row, many at once; what it gives may be one row, a list of rows, or nothing.
  override async transform(row: __Name__Input, ctx: RowContext) {
    const [answered] = await this.blocks.generator.run([{ input: writePrompt(row) }]).toArray();
    const similar = answered && readQuestion(answered.result);
    if (similar) return new __Name__Row({ ...row, similar_question: similar });
    ctx.reject('no question', answered?.result);
    return undefined;
  }
}
