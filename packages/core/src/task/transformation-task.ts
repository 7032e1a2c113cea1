import type { DataPointClass } from '../data-point.js';
import type { TProperties } from '../schema.js';
import { Task, type TaskDeclaration } from './task.js';

/** A task that works once on each row of a dataset. */
export abstract class TransformationTask<
  I extends TProperties = TProperties,
  O extends TProperties = TProperties,
  F extends TProperties = TProperties,
> extends Task<I, O, F> {
  /** Declares the data points of a task; extend the result. */
  static of<I extends TProperties, O extends TProperties = I, F extends TProperties = {}>(
    declaration: TaskDeclaration<I, O, F>,
  ) {
    class DeclaredTransformationTask extends TransformationTask<I, O, F> {
      static override readonly fieldsSchema: TProperties = declaration.fields ?? {};
      override readonly input = declaration.input;
      override readonly output = declaration.output ?? (declaration.input as unknown as DataPointClass<O>);
    }
    return DeclaredTransformationTask;
  }
}
