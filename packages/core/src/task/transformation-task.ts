import { readDataPoint, type DataPointClass, type FieldsOf, type Provenance } from '../data-point.js';
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

  /**
   * Makes a data point of the declared fields of a row. Columns beyond them travel beside it.
   *
   * @throws {@link ConfigError} DGT_CONFIG_INVALID
   */
  override instantiateInputExample(row: Readonly<Record<string, unknown>>): FieldsOf<I> & Provenance {
    const declared = Object.keys(this.input.schema.properties).filter((field) => Object.hasOwn(row, field));
    const fields = Object.fromEntries(declared.map((field) => [field, row[field]]));
    return readDataPoint(this.input, fields, `a row of task "${this.name}"`);
  }

  /**
   * Checks what the task needs of the columns of a row. A run that finds it missing in each of the first rows ends before
   * anything is called.
   *
   * @param row the number of the row, from 1.
   * @throws {@link ConfigError} that says what is missing; `path` among its details says where in the task's file it is asked for.
   */
  checkColumns(_columns: Readonly<Record<string, unknown>>, _row: number): void {}

  /** Which of the columns that the input does not declare go into the output beside what the builder makes: all of them. */
  keepColumns(columns: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return columns;
  }
}
