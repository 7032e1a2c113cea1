import { dataPoint, TransformationTask, Type } from '@dgt/core';

/** One row that is worked on. Further columns of the data travel beside it into the output. */
export class __Name__Input extends dataPoint({ question: Type.String(), answer: Type.String() }) {}

/** What is made of it. */
export class __Name__Row extends dataPoint({
  question: Type.String(),
  answer: Type.String(),
  similar_question: Type.String(),
}) {}

export class __Name__Task extends TransformationTask.of({ input: __Name__Input, output: __Name__Row }) {}
