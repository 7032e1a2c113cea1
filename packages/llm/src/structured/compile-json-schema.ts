import { readProblems, type SchemaProblem } from '@dgt/core';
import { Ajv, type AnySchema, type ErrorObject, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Lists every way in which a value does not fit: none when it fits. The value is not changed. */
export type JsonSchemaCheck = (value: unknown) => readonly SchemaProblem[];

/**
 * Compiles a JSON Schema of draft 7, 2019-09 or 2020-12, as its `$schema` says; without one it is read as 2020-12, which
 * what Pydantic, Zod and TypeBox write fits as well. `format` is checked.
 *
 * @param schema a schema of somebody else's: it is compiled by itself, knows no other schema, and loads none.
 * @throws Error in words for the user: a keyword that no draft knows, a reference that leads nowhere.
 */
export function compileJsonSchema(schema: unknown): JsonSchemaCheck {
  const ajv = new (chooseDialect(schema))(options);
  formats.default(ajv);
  ajv.addVocabulary([...openApiAnnotations, ...findExtensions(schema)]);
  const validate = ajv.compile(schema as AnySchema);
  return (value) => (validate(value) ? [] : readProblems(validate.errors ?? [], value));
}

/**
 * Compiles a schema that comes with the data: what it says beyond JSON Schema is ignored. Gives the errors as ajv has them,
 * each with the value that does not fit.
 *
 * @throws Error for what is no schema, or refers to another one.
 */
export function compileForeignSchema(schema: unknown): (value: unknown) => readonly ErrorObject[] {
  const dialect = chooseDialect(schema);
  let ajv = foreign.get(dialect);
  if (ajv === undefined) {
    ajv = new dialect({ ...options, strictSchema: false });
    formats.default(ajv);
    foreign.set(dialect, ajv);
  }
  try {
    const validate = ajv.compile(schema as AnySchema);
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  } finally {
    // Ajv keeps every schema for ever, and would confuse two that have the same $id.
    ajv.removeSchema(schema as AnySchema);
  }
}

const foreign = new Map<Dialect, Ajv>();

const options: Options = {
  allErrors: true,
  verbose: true,
  // A keyword or format that does not exist is a typing error; what else ajv calls strict forbids correct schemas.
  strict: false,
  strictSchema: true,
  logger: false,
};

/** Annotations that OpenAPI adds, which no value is checked against. */
const openApiAnnotations = ['example', 'externalDocs', 'xml'];

type Dialect = typeof Ajv | typeof Ajv2019 | typeof Ajv2020;

function chooseDialect(schema: unknown): Dialect {
  const named = (schema as { $schema?: unknown } | null | undefined)?.$schema;
  if (named === undefined) return Ajv2020;
  const [, draft] = /(draft-0[1-9]|\d{4}-\d{2})\/schema#?$/.exec(String(named)) ?? [];
  const dialects: Record<string, Dialect> = { 'draft-07': Ajv, '2019-09': Ajv2019, '2020-12': Ajv2020 };
  const dialect = dialects[draft ?? ''];
  if (dialect === undefined) {
    throw new Error(`$schema ${JSON.stringify(named)} is none of ${Object.keys(dialects).join(', ')}`);
  }
  return dialect;
}

/** Keys such as `x-order`, which tools put into schemas for themselves. */
function findExtensions(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) found.add(key);
    findExtensions(value, found);
  }
  return found;
}
