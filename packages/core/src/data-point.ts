import { ConfigError, PluginError } from './errors/dgt-error.js';
import { copyPlain } from './plain-copy.js';
import { describeProblems } from './schema-problem.js';
import { compileSchema, Type, type Static, type TObject, type TProperties } from './schema.js';

/** What dgt stamps on every data point: the task it belongs to and whether the user gave it or a model made it. */
export interface Provenance {
  /** Empty until the engine stamps it. */
  task_name: string;
  /** Whether the user gave it; a row that a model made has `false`. */
  is_seed: boolean;
}

/** The fields of a data point without what dgt stamps on it. */
export type FieldsOf<P extends TProperties> = Static<TObject<P>>;

/** A class made by {@link dataPoint}: a type, a schema and a validator at once. */
export interface DataPointClass<P extends TProperties = TProperties> {
  new (fields: FieldsOf<P>): FieldsOf<P> & Provenance;
  /** Its fields as a JSON schema; fields beyond it are refused. */
  readonly schema: TObject<P>;
  /** Tells whether a value would be accepted by the constructor. */
  accepts(value: unknown): value is FieldsOf<P>;
}

const provenanceFields = ['task_name', 'is_seed'] as const;

/**
 * Declares one kind of record from its fields. Extend the result to give it a name:
 *
 * ```ts
 * export class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
 * ```
 *
 * The constructor checks its argument and fills in the defaults of the schema: a missing, unknown or wrongly typed field
 * is an error that names it. The stamps of another data point are left out, so `new Pair({ ...seed, answer })` works.
 *
 * @throws {@link PluginError} DGT_DATA_POINT_INVALID from the constructor; DGT_DATA_POINT_FIELD_RESERVED here.
 */
export function dataPoint<P extends TProperties>(properties: P): DataPointClass<P> {
  for (const field of provenanceFields) {
    if (field in properties) throw new PluginError('DGT_DATA_POINT_FIELD_RESERVED', { field });
  }
  const schema = Type.Object(properties, { additionalProperties: false });
  const checker = compileSchema(schema);

  class DeclaredDataPoint {
    static readonly schema = schema;
    task_name = '';
    is_seed = false;

    constructor(fields: object) {
      const own = readFields(fields);
      const problems = checker.check(own);
      if (problems.length > 0) {
        throw new PluginError('DGT_DATA_POINT_INVALID', {
          name: new.target.name,
          problems: describeProblems(problems),
        });
      }
      Object.assign(this, own);
    }

    static accepts(value: unknown): boolean {
      return isObject(value) && checker.check(readFields(value)).length === 0;
    }
  }
  return DeclaredDataPoint as unknown as DataPointClass<P>;
}

/**
 * Makes a data point from a record that the user gave, without the stamps it may carry from an earlier run.
 *
 * @param where what the record is, for the error: `a seed example of task "x"`.
 * @throws {@link ConfigError} DGT_CONFIG_INVALID
 */
export function readDataPoint<P extends TProperties>(
  declared: DataPointClass<P>,
  record: Readonly<Record<string, unknown>>,
  where: string,
): FieldsOf<P> & Provenance {
  const fields = readFields(record);
  const problems = compileSchema(declared.schema).check(fields);
  if (problems.length > 0) {
    throw new ConfigError('DGT_CONFIG_INVALID', { problems: `${where}: ${describeProblems(problems)}` });
  }
  return new declared(fields as FieldsOf<P>);
}

/** A copy that can be given defaults, of the fields without what dgt stamps. */
function readFields(record: object): Record<string, unknown> {
  const { task_name: _task, is_seed: _seed, ...fields } = { ...record } as Record<string, unknown>;
  return copyPlain(fields);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
