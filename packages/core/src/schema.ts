import { Type, type Static, type TObject, type TProperties, type TSchema } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import { readProblems, type SchemaProblem } from './schema-problem.js';

/** Declares the fields of data points, tasks, blocks and builders: a schema and a TypeScript type at once (TypeBox). */
export { Type };
export type { Static, TObject, TProperties, TSchema };

// strict is off for TypeBox's own annotations; coercion is off because "1" and 1 are different data.
const ajv = new Ajv({ allErrors: true, strict: false, strictNumbers: true, useDefaults: true, verbose: true });

/** A compiled schema. */
export interface SchemaCheck {
  /** Fills in defaults, in place, and lists every problem: none when the value fits. */
  check(value: unknown): readonly SchemaProblem[];
}

const compiled = new WeakMap<TSchema, SchemaCheck>();

/** Compiles a schema once; later calls with the same schema object return the same checker. */
export function compileSchema(schema: TSchema): SchemaCheck {
  let checker = compiled.get(schema);
  if (checker === undefined) {
    checker = new AjvCheck(schema);
    compiled.set(schema, checker);
  }
  return checker;
}

class AjvCheck implements SchemaCheck {
  readonly #schema: TSchema;
  #validate: ValidateFunction | undefined;

  constructor(schema: TSchema) {
    this.#schema = schema;
  }

  check(value: unknown): readonly SchemaProblem[] {
    this.#validate ??= ajv.compile(this.#schema);
    return this.#validate(value) ? [] : readProblems(this.#validate.errors ?? [], value);
  }
}
