import { dataPoint, GenerationTask, Type } from '@dgt/core';

/** A question about geography and its answer. */
export class GeographyQA extends dataPoint({ question: Type.String(), answer: Type.String() }) {}

export class GeographyQATask extends GenerationTask.of({ input: GeographyQA, output: GeographyQA }) {}
