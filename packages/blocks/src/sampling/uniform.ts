import { Type, type Random, type Static } from '@dgt/core';
import { defineKind } from './field-kind.js';
import { roundTo } from './round-to.js';

/** A number from a range, each as likely as any other. */
export const uniformOptions = Type.Object(
  {
    from: Type.Number(),
    /** Included when there are `decimals`. */
    to: Type.Number(),
    /** How many decimals the number has; 0 for a whole number, all that there are without. */
    decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 12 })),
  },
  { additionalProperties: false },
);

/** The values of {@link uniformOptions}. */
export type UniformOptions = Static<typeof uniformOptions>;

/**
 * Draws a number from a range, each as likely as any other.
 *
 * ```ts
 * drawUniform(ctx.random, { from: 1, to: 6, decimals: 0 });
 * ```
 */
export function drawUniform(random: Random, { from, to, decimals }: UniformOptions): number {
  if (decimals === undefined) return from + random.next() * (to - from);
  const steps = Math.floor((to - from) * 10 ** decimals + 1e-9);
  return roundTo(from + random.integer(steps + 1) / 10 ** decimals, decimals);
}

/** See {@link drawUniform}. */
export const uniform = defineKind(uniformOptions, {
  findProblem: ({ from, to }) => (from <= to ? undefined : `from ${from} is more than to ${to}`),
  open: (options) => (random) => drawUniform(random, options),
});
