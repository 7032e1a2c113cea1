import { createHash } from 'node:crypto';
import { ConfigError, missing, missingRowField, parsePath, Type, type Row, type Static } from '@dgt/core';
import { readField } from '../read-field.js';

/** How rows are divided into parts of a dataset: `{ test: 0.1, by: document }`. What is left is `train`. */
export const splitConfig = Type.Object(
  {
    test: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    validation: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** The fields whose equal values keep rows together; the whole row when left out. */
    by: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
    ),
    /** Another seed, another division. */
    seed: Type.Optional(Type.Union([Type.Integer(), Type.String()], { default: 0 })),
  },
  { additionalProperties: false },
);

export type SplitConfig = Static<typeof splitConfig>;

/** A part of a dataset. */
export type Part = 'train' | 'validation' | 'test';

/**
 * Decides for each row by itself which part it belongs to. Rows with the same key are always in the same part, so that
 * nothing of the test is in the training data; a row stays where it was when others come or go, and the test of a smaller
 * share is within that of a larger one.
 *
 * @param index the position of the row, from 0, for the error.
 * @throws {@link ConfigError} DGT_OPTION_INVALID; DGT_ROW_FIELD_MISSING from the function for a row without the key.
 */
export function createSplitter(config: SplitConfig): (row: Row, index: number) => Part {
  const { test = 0, validation = 0, by, seed = 0 } = config;
  if (test + validation > 1) {
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: 'split',
      expected: 'shares of test and validation that are 1 or less together',
      value: test + validation,
    });
  }
  const paths = by === undefined ? undefined : [by].flat().map(parsePath);
  return (row, index) => {
    const key = paths?.map((path) => {
      const value = readField(row, path);
      if (value === missing) throw missingRowField('split: by', { row, index, field: path.text });
      return value;
    });
    const place = hashToUnit(writeCanonically([seed, key ?? row]));
    // From both ends, so that a change of one share moves no row between test and validation.
    return place < test ? 'test' : place >= 1 - validation ? 'validation' : 'train';
  };
}

/** A number from 0 up to but not including 1 that is the same for the same text everywhere. */
function hashToUnit(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** JSON with the keys of every object in order. */
function writeCanonically(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
