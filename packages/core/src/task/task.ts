import { readDataPoint, type DataPointClass, type FieldsOf, type Provenance } from '../data-point.js';
import type { Static, TObject, TProperties } from '../schema.js';

/** What a task's YAML says, checked, as its class sees it. */
export interface TaskSpec<F extends TProperties = TProperties> {
  /** Also the path of the output below the output folder. */
  readonly task_name: string;
  readonly task_description: string;
  readonly created_by: string;
  /** The fields that the task class declares beyond dgt's own. */
  readonly fields: Static<TObject<F>>;
  /** The folder of its file; the working folder where there is none. */
  readonly folder?: string;
  /** The column that names its rows. */
  readonly unique_key?: string;
}

/** What a task class declares about itself. */
export interface TaskDeclaration<I extends TProperties, O extends TProperties, F extends TProperties> {
  /** The data point that seeds are read as. */
  readonly input: DataPointClass<I>;
  /** The data point that the builder makes; the same as the input when left out. */
  readonly output?: DataPointClass<O>;
  /** Further keys of the task's YAML, found as `task.fields`. */
  readonly fields?: F;
}

/** What to make. `name` is also the path of the output below the output folder. */
export abstract class Task<
  I extends TProperties = TProperties,
  O extends TProperties = TProperties,
  F extends TProperties = TProperties,
> {
  /** Further keys of the task's YAML that the class declares. */
  static readonly fieldsSchema: TProperties = {};

  /** `task_name` of the YAML. */
  readonly name: string;
  readonly description: string;
  readonly createdBy: string;
  /** The values of the further keys that the class declares. */
  readonly fields: Static<TObject<F>>;
  /** Where relative paths in the task's file start. */
  readonly folder: string;

  /** What seeds are read as. */
  abstract readonly input: DataPointClass<I>;
  /** What the builder makes. */
  abstract readonly output: DataPointClass<O>;

  constructor(spec: TaskSpec<F>) {
    this.name = spec.task_name;
    this.description = spec.task_description;
    this.createdBy = spec.created_by;
    this.fields = spec.fields;
    this.folder = spec.folder ?? process.cwd();
  }

  /** Called once before a run compares or calls anything: makes what all rows share. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  /** Frees what {@link prepare} made, when the run ends. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Makes a data point from a row that the user gave. Override it to accept rows of another shape.
   *
   * @throws {@link ConfigError} DGT_CONFIG_INVALID
   */
  instantiateInputExample(row: Readonly<Record<string, unknown>>): FieldsOf<I> & Provenance {
    return readDataPoint(this.input, row, `a seed example of task "${this.name}"`);
  }

  /**
   * Makes a data point from a row that has been through the postprocessors: its declared fields, nothing else.
   *
   * @throws {@link PluginError} DGT_DATA_POINT_INVALID
   */
  instantiateOutputExample(row: Readonly<Record<string, unknown>>): FieldsOf<O> & Provenance {
    const fields = Object.keys(this.output.schema.properties).filter((field) => Object.hasOwn(row, field));
    return new this.output(Object.fromEntries(fields.map((field) => [field, row[field]])) as FieldsOf<O>);
  }

  /** Further metrics for task_results.json, from the rows of final_data. */
  recordTaskResults(_rows: readonly (FieldsOf<O> & Provenance)[]): Readonly<Record<string, unknown>> {
    return {};
  }
}
