import { Type, type Static, type TObject, type TProperties, type TSchema } from '@sinclair/typebox';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

export { Type };
export type { Static, TObject, TProperties, TSchema };

// strict is off for TypeBox's own annotations; coercion is off because "1" and 1 are different data.
const ajv = new Ajv({ allErrors: true, strict: false, useDefaults: true, verbose: true });

/** One way in which a value does not fit its schema. */
export interface SchemaProblem {
  /** Keys and indexes from the root of the value to the place. */
  readonly path: readonly (string | number)[];
  readonly problem: string;
  /** The key that the schema does not know, when that is the problem. */
  readonly unknownKey?: string;
  /** The key that is missing, when that is the problem. */
  readonly missingKey?: string;
  /** Keys that the schema knows at this place. */
  readonly knownKeys?: readonly string[];
}

/** A compiled schema: `check` fills in defaults in place and lists every problem, none when the value fits. */
export interface SchemaCheck {
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

/** One sentence for all problems of a value, for errors that have no file position to give. */
export function describeProblems(problems: readonly SchemaProblem[]): string {
  return problems.map(({ path, problem }) => `${path.length > 0 ? `${formatPlace(path)}: ` : ''}${problem}`).join('; ');
}

/** `a.b[0]` for `['a', 'b', 0]`. */
export function formatPlace(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}

class AjvCheck implements SchemaCheck {
  readonly #schema: TSchema;
  #validate: ValidateFunction | undefined;

  constructor(schema: TSchema) {
    this.#schema = schema;
  }

  check(value: unknown): readonly SchemaProblem[] {
    this.#validate ??= ajv.compile(this.#schema);
    return this.#validate(value) ? [] : describeErrors(this.#validate.errors ?? []);
  }
}

function describeErrors(errors: readonly ErrorObject[]): SchemaProblem[] {
  // A failed union reports each branch and then itself; the branches say what would have been right.
  const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath));
  const problems: SchemaProblem[] = [];
  for (const error of errors) {
    if (error.keyword === 'anyOf') problems.push(describeUnion(error, errors));
    else if (![...unions].some((path) => error.instancePath.startsWith(path))) problems.push(describeError(error));
  }
  return problems;
}

function describeUnion(union: ErrorObject, errors: readonly ErrorObject[]): SchemaProblem {
  const branches = errors.filter(
    ({ instancePath, keyword }) => keyword !== 'anyOf' && instancePath === union.instancePath,
  );
  const deeper = errors.filter(
    ({ instancePath }) =>
      instancePath.length > union.instancePath.length && instancePath.startsWith(union.instancePath),
  );
  if (branches.length < 2 && deeper[0] !== undefined) return describeError(deeper[0]);
  const wanted = branches.map((branch) => describeWanted(branch)).filter((text) => text !== undefined);
  const expected = wanted.length > 0 ? [...new Set(wanted)].join(' or ') : 'another value';
  return { path: readPointer(union.instancePath), problem: `expected ${expected}, got ${show(union.data)}` };
}

function describeWanted(error: ErrorObject): string | undefined {
  const { keyword, params } = error;
  if (keyword === 'type') return article(String(params['type']));
  if (keyword === 'const') return JSON.stringify(params['allowedValue']);
  if (keyword === 'required') return `an object with "${String(params['missingProperty'])}"`;
  return error.message;
}

function describeError(error: ErrorObject): SchemaProblem {
  const path = readPointer(error.instancePath);
  const { keyword, params, data } = error;
  const knownKeys = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
  if (keyword === 'required') {
    const missingKey = String(params['missingProperty']);
    return { path, problem: `missing "${missingKey}"`, missingKey, knownKeys };
  }
  if (keyword === 'additionalProperties') {
    const unknownKey = String(params['additionalProperty']);
    return { path, problem: `unknown key "${unknownKey}"`, unknownKey, knownKeys };
  }
  if (keyword === 'type') return { path, problem: `expected ${article(String(params['type']))}, got ${show(data)}` };
  if (keyword === 'enum') {
    const allowed = (params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ');
    return { path, problem: `expected one of ${allowed}, got ${show(data)}` };
  }
  return { path, problem: `${error.message ?? keyword}, got ${show(data)}` };
}

function readPointer(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function article(type: string): string {
  if (type === 'null') return 'null';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
