import { dataPoint, GenerationTask, Type } from '@dgt/core';

/** One row of the dataset; the seed examples of a task have the same fields. */
export class __Name__Row extends dataPoint({ question: Type.String(), answer: Type.String() }) {}

export class __Name__Task extends GenerationTask.of({ input: __Name__Row, output: __Name__Row }) {}
