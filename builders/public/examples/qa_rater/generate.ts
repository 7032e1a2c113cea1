import { LMProvider, registerDataBuilder, TransformationDataBuilder, type RowContext } from '@dgt/core';
import { parseDifficulty, writePrompt } from './prompt.js';
import { QARaterTask, RatedQuestionAnswer, type QuestionAnswer } from './task.js';

/** Rates how hard each question is: one model call a row. */
@registerDataBuilder('public/examples/qa_rater')
export class QARaterDataBuilder extends TransformationDataBuilder.of({
  task: QARaterTask,
  blocks: { rater: LMProvider },
}) {
  override async *transform(pair: QuestionAnswer, ctx: RowContext) {
    const { question, answer } = pair;
    for await (const { result } of this.blocks.rater.run([{ input: writePrompt(pair) }])) {
      const difficulty = parseDifficulty(result);
      if (difficulty) yield new RatedQuestionAnswer({ question, answer, ratings: { difficulty } });
      else ctx.reject('no single level named', result);
    }
  }
}
