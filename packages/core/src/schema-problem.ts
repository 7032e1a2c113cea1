import type { ErrorObject } from 'ajv';
import { suggestNearest } from './errors/nearest.js';

/** One way in which a value does not fit its schema. */
export interface SchemaProblem {
  /** Keys and indexes from the root of the value to the place. */
  readonly path: readonly (string | number)[];
  /** What was expected there and what was found, as a phrase: `expected an integer, got "fifty"`. */
  readonly problem: string;
  /** The key that the schema does not know, when that is the problem. */
  readonly unknownKey?: string;
  /** The key that is missing, when that is the problem. */
  readonly missingKey?: string;
  /** Keys that the schema knows at this place, when a key is the problem. */
  readonly knownKeys?: readonly string[];
}

/** One sentence for all problems of a value, for errors that have no file position to give. */
export function describeProblems(problems: readonly SchemaProblem[]): string {
  return problems
    .map(({ path, problem, unknownKey, knownKeys = [] }) => {
      const place = path.length > 0 ? `${formatPlace(path)}: ` : '';
      return `${place}${problem}${unknownKey === undefined ? '' : suggestNearest(unknownKey, knownKeys)}`;
    })
    .join('; ');
}

/** `a.b[0]` for `['a', 'b', 0]`; a key that would read as something else is quoted, as in `a["b.c"]`. */
export function formatPlace(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[^.[\]"\s]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/**
 * What ajv found, in words. A union that nothing of fits is one problem, unless the value is clearly meant as one of its
 * branches: then the problems of that branch.
 *
 * @param root the value that was checked, to tell the indexes of lists from keys made of digits.
 */
export function readProblems(errors: readonly ErrorObject[], root: unknown): SchemaProblem[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors
    .filter((error) => !unions.some((union) => isPartOf(error, union)))
    .flatMap((error) => (error.keyword === 'anyOf' ? readUnion(error, errors, root) : [readProblem(error, root)]));
}

function isPartOf(error: ErrorObject, union: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${union.schemaPath}/`) &&
    (error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`))
  );
}

function readUnion(union: ErrorObject, errors: readonly ErrorObject[], root: unknown): SchemaProblem[] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of errors.filter((error) => isPartOf(error, union))) {
    const branch = error.schemaPath.slice(union.schemaPath.length + 1).split('/', 1)[0] as string;
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const meant = [...branches.values()].filter((branch) => !branch.some((error) => isOtherKind(error, union)));
  if (meant.length === 1) return readProblems(meant[0] as ErrorObject[], root);
  const wanted = new Set([...branches.values()].map((branch) => describeBranch(branch, union)));
  const problem = `expected ${[...wanted].join(' or ') || 'another value'}, got ${show(union.data)}`;
  return [{ path: readPointer(union.instancePath, root), problem }];
}

/** Whether an error shows that the value was meant as another branch: another type, another constant, another tag. */
function isOtherKind({ keyword, instancePath }: ErrorObject, union: ErrorObject): boolean {
  const below = instancePath.slice(union.instancePath.length + 1);
  if (below === '') return keyword === 'type' || keyword === 'const' || keyword === 'enum';
  return keyword === 'const' && !below.includes('/') && !Array.isArray(union.data);
}

function describeBranch(branch: readonly ErrorObject[], union: ErrorObject): string {
  const error = branch.find((error) => isOtherKind(error, union)) ?? (branch[0] as ErrorObject);
  const below = error.instancePath.slice(union.instancePath.length + 1);
  if (below !== '') return `an object with ${describeExpected(error)} at "${below}"`;
  if (error.keyword === 'required') return `an object with "${String(error.params['missingProperty'])}"`;
  return describeExpected(error);
}

function readProblem(error: ErrorObject, root: unknown): SchemaProblem {
  const path = readPointer(error.instancePath, root);
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
  return { path, problem: `expected ${describeExpected(error)}, got ${show(data)}` };
}

function describeExpected({ keyword, params, message }: ErrorObject): string {
  const limit = Number(params['limit']);
  switch (keyword) {
    case 'type':
      return [params['type'] as string | string[]].flat().map(nameType).join(' or ');
    case 'const':
      return JSON.stringify(params['allowedValue']);
    case 'enum':
      return `one of ${(params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`;
    case 'minLength':
      return limit === 1 ? 'text that is not empty' : `text of ${limit} characters or more`;
    case 'maxLength':
      return `text of ${limit} characters or fewer`;
    case 'minItems':
      return limit === 1 ? 'a list that is not empty' : `a list of ${limit} or more`;
    case 'maxItems':
      return `a list of ${limit} or fewer`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `a number ${String(params['comparison'])} ${limit}`;
    case 'pattern':
      return `text that matches /${String(params['pattern'])}/`;
    default:
      return `a value that ${message ?? `passes ${keyword}`}`;
  }
}

function nameType(type: string): string {
  if (type === 'null') return 'null';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function readPointer(pointer: string, root: unknown): (string | number)[] {
  let place = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(place) ? Number(name) : name;
      place = (place as Record<string | number, unknown> | null | undefined)?.[key];
      return key;
    });
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
