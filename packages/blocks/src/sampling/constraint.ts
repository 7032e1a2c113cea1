import { Type, type Static } from '@dgt/core';
import { isDeepStrictEqual } from 'node:util';

/** What two fields, or a field and a value, must be to each other. */
export const constraintSchema = Type.Object(
  {
    field: Type.String({ minLength: 1 }),
    is: Type.Union(['<', '<=', '=', '!=', '>=', '>'].map((operator) => Type.Literal(operator))),
    /** The field that it is compared with. */
    than_field: Type.Optional(Type.String({ minLength: 1 })),
    /** Instead, a value: for a moment, one written as the field is. */
    value: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  },
  { additionalProperties: false },
);

/** The values of {@link constraintSchema}. */
export type Constraint = Static<typeof constraintSchema>;

/** The constraint as it is read: `end > start`. */
export function describeConstraint({ field, is, than_field, value }: Constraint): string {
  return `${field} ${String(is)} ${than_field ?? JSON.stringify(value)}`;
}

/**
 * Whether two values are to each other what the constraint says.
 *
 * @param numbers the values as numbers, for `<` and `>`; undefined where one is none.
 * @returns undefined when they cannot be compared so.
 */
export function holds(
  { is }: Constraint,
  [one, other]: readonly [unknown, unknown],
  [left, right]: readonly [number | undefined, number | undefined],
): boolean | undefined {
  if (is === '=') return isDeepStrictEqual(one, other);
  if (is === '!=') return !isDeepStrictEqual(one, other);
  if (left === undefined || right === undefined) return undefined;
  switch (is) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return left > right;
  }
}
