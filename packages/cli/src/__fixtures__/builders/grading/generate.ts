import {
  dataPoint,
  LMProvider,
  registerDataBuilder,
  TransformationDataBuilder,
  TransformationTask,
  Type,
} from '@dgt/core';
import type { RowContext } from '@dgt/core';
import '../counting/fake-model.js';

class Answer extends dataPoint({ text: Type.String(), level: Type.Optional(Type.Integer()) }) {}
class Graded extends dataPoint({ text: Type.String(), grade: Type.String(), level: Type.Optional(Type.Integer()) }) {}
class GradingTask extends TransformationTask.of({ input: Answer, output: Graded }) {}

/** Grades each row; `wrong` is one that the builder cannot work on. */
@registerDataBuilder('test/grading')
export class GradingDataBuilder extends TransformationDataBuilder.of({
  task: GradingTask,
  blocks: { generator: LMProvider },
}) {
  override async *transform({ text, level }: Answer, _ctx: RowContext) {
    if (text === 'wrong') throw new RangeError('cannot be graded');
    for await (const { result } of this.blocks.generator.run([{ input: text }]))
      yield new Graded({ text, grade: result as string, ...(level !== undefined && { level }) });
  }
}
