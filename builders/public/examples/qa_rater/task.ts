import { dataPoint, TransformationTask, Type } from '@dgt/core';

/** A question and its answer, as they are. */
export class QuestionAnswer extends dataPoint({ question: Type.String(), answer: Type.String() }) {}

const levels = ['easy', 'medium', 'hard'] as const;

/** The pair with how hard its question is. */
export class RatedQuestionAnswer extends dataPoint({
  question: Type.String(),
  answer: Type.String(),
  ratings: Type.Object({ difficulty: Type.Union(levels.map((level) => Type.Literal(level))) }),
}) {}

export class QARaterTask extends TransformationTask.of({ input: QuestionAnswer, output: RatedQuestionAnswer }) {}
