import type { BlockServices, Random, Static, TObject } from '@dgt/core';

/** Draws a value of a field. */
export type Draw = (random: Random) => unknown;

/** What a kind may need beside its options. */
export type KindServices = Pick<BlockServices, 'baseFolder' | 'workingFolder'>;

/** One kind of field that can be sampled. */
export interface FieldKind<Schema extends TObject = TObject> {
  /** Its options. */
  readonly schema: Schema;
  /** What is wrong with options that fit the schema; undefined when nothing is. */
  findProblem?(options: Static<Schema>): string | undefined;
  /** Reads what the options name. Throws an error whose message says what the user can do. */
  open(options: Static<Schema>, services: KindServices): Draw | Promise<Draw>;
  /** What defines the values, when the options alone do not: what a file holds. */
  define?(options: Static<Schema>, services: KindServices): string;
  /** The value as a number for `<` and `>`, where it is none already. */
  toNumber?(value: unknown, options: Static<Schema>): number | undefined;
}

/** Declares a kind with its options typed by its schema. */
export function defineKind<Schema extends TObject>(
  schema: Schema,
  kind: Omit<FieldKind<Schema>, 'schema'>,
): FieldKind<Schema> {
  return { schema, ...kind };
}
