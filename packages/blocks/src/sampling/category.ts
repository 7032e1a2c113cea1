import { Type, type Random, type Static } from '@dgt/core';
import { defineKind } from './field-kind.js';

/** One of several values. */
export const categoryOptions = Type.Object(
  {
    /** What is drawn from: text, numbers, or any other values. */
    values: Type.Array(Type.Unknown(), { minItems: 1 }),
    /** How often each is drawn, as shares of their sum; all alike without. */
    weights: Type.Optional(Type.Array(Type.Number({ minimum: 0 }))),
  },
  { additionalProperties: false },
);

/** The values of {@link categoryOptions}. */
export type CategoryOptions = Static<typeof categoryOptions>;

/**
 * Draws one of several values.
 *
 * ```ts
 * drawCategory(ctx.random, { values: ['easy', 'hard'], weights: [3, 1] });
 * ```
 */
export function drawCategory<T>(
  random: Random,
  { values, weights }: { readonly values: readonly T[]; readonly weights?: readonly number[] },
): T {
  if (weights === undefined) return random.choice(values);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let left = random.next() * sum;
  const drawn = weights.findIndex((weight) => (left -= weight) < 0);
  // Rounding may leave a little beyond the last one.
  return values[drawn === -1 ? weights.findLastIndex((weight) => weight > 0) : drawn] as T;
}

/** See {@link drawCategory}. */
export const category = defineKind(categoryOptions, {
  findProblem({ values, weights }) {
    if (weights === undefined) return undefined;
    if (weights.length !== values.length) return `${values.length} values have ${weights.length} weights`;
    return weights.some((weight) => weight > 0) ? undefined : 'weights: at least one must be above 0';
  },
  open: (options) => (random) => drawCategory(random, options as Parameters<typeof drawCategory>[1]),
});
