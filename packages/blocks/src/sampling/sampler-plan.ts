import { compileSchema, describeProblems, suggestNearest } from '@dgt/core';
import { category } from './category.js';
import { datetime } from './datetime.js';
import type { FieldKind } from './field-kind.js';
import { gaussian } from './gaussian.js';
import { person } from './person.js';
import { record, subset } from './from-file.js';
import { uniform } from './uniform.js';

/** The kinds of fields, by the name that stands under `kind:`. */
export const fieldKinds: Readonly<Record<string, FieldKind>> = {
  category: category as unknown as FieldKind,
  datetime: datetime as unknown as FieldKind,
  gaussian: gaussian as unknown as FieldKind,
  person: person as unknown as FieldKind,
  record: record as unknown as FieldKind,
  subset: subset as unknown as FieldKind,
  uniform: uniform as unknown as FieldKind,
};

/** A value, several of which one must be equal, or a range of numbers. */
export type Condition = unknown;

/** One way to draw a field. */
export interface PlannedCase {
  /** By field: what it must be for this case; empty for the one that always fits. */
  readonly when: Readonly<Record<string, Condition>>;
  readonly options: object;
}

/** A field, checked. */
export interface PlannedField {
  readonly name: string;
  readonly kind: FieldKind;
  /** The first one that fits counts. */
  readonly cases: readonly PlannedCase[];
}

/**
 * Checks the fields of a sampler and puts each behind those that its cases look at.
 *
 * @throws Error whose message names the field, for the user.
 */
export function planFields(fields: Readonly<Record<string, unknown>>): PlannedField[] {
  return sortFields(Object.entries(fields).map(([name, entry]) => planField(name, entry)));
}

function planField(name: string, entry: unknown): PlannedField {
  if (typeof entry !== 'object' || entry === null) throw problem(name, 'expected an object with "kind"');
  const { kind: kindName, cases = [], ...base } = entry as Record<string, unknown>;
  const kind = typeof kindName === 'string' && Object.hasOwn(fieldKinds, kindName) ? fieldKinds[kindName] : undefined;
  if (kind === undefined) {
    const known = Object.keys(fieldKinds);
    const nearest = typeof kindName === 'string' ? suggestNearest(kindName, known) : '';
    throw problem(name, `kind: expected one of ${known.join(', ')}, got ${JSON.stringify(kindName)}${nearest}`);
  }
  if (!Array.isArray(cases)) throw problem(name, 'cases: expected a list');
  const planned = (cases as unknown[]).map((each, index) => planCase(name, kind, base, each, index));
  // What stands beside the cases may be only what they have in common.
  const otherwise = { ...base };
  const wrong = findWrong(kind, otherwise);
  if (wrong === undefined) planned.push({ when: {}, options: otherwise });
  else if (planned.length === 0) throw problem(name, wrong);
  return { name, kind, cases: planned };
}

function planCase(name: string, kind: FieldKind, base: object, entry: unknown, index: number): PlannedCase {
  const { when, ...own } = (entry ?? {}) as { when?: unknown };
  const place = `cases[${index}]`;
  if (typeof when !== 'object' || when === null || Array.isArray(when) || Object.keys(when).length === 0) {
    throw problem(name, `${place}: expected "when" with at least one field, such as when: { topic: math }`);
  }
  const options = { ...base, ...own };
  const wrong = findWrong(kind, options);
  if (wrong !== undefined) throw problem(name, `${place}: ${wrong}`);
  return { when: when as Record<string, Condition>, options };
}

/** Fills in defaults. */
function findWrong(kind: FieldKind, options: object): string | undefined {
  const problems = compileSchema(kind.schema).check(options);
  return problems.length > 0 ? describeProblems(problems) : kind.findProblem?.(options as never);
}

function sortFields(fields: readonly PlannedField[]): PlannedField[] {
  const sorted: PlannedField[] = [];
  let left = [...fields];
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ cases }) =>
      cases.every(({ when }) => !Object.keys(when).some((name) => names.has(name))),
    );
    if (ready.length === 0) throw problem([...names].join(', '), 'their cases depend on each other in a circle');
    sorted.push(...ready);
    left = left.filter((field) => !ready.includes(field));
  }
  return sorted;
}

function problem(field: string, message: string): Error {
  return new Error(`fields.${field}: ${message}`);
}
