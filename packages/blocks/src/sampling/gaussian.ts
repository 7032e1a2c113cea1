import { Type, type Random, type Static } from '@dgt/core';
import { defineKind } from './field-kind.js';
import { roundTo } from './round-to.js';

/** A number near a mean. */
export const gaussianOptions = Type.Object(
  {
    mean: Type.Number(),
    /** The standard deviation: two of three numbers lie no further from the mean. */
    deviation: Type.Number({ minimum: 0 }),
    /** Numbers below are drawn again. */
    min: Type.Optional(Type.Number()),
    /** Numbers above are drawn again. */
    max: Type.Optional(Type.Number()),
    /** How many decimals the number has; all that there are without. */
    decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 12 })),
  },
  { additionalProperties: false },
);

/** The values of {@link gaussianOptions}. */
export type GaussianOptions = Static<typeof gaussianOptions>;

/** How often a number beyond `min` and `max` is drawn again. */
const maxDraws = 10_000;

/**
 * Draws a number near a mean (normal distribution).
 *
 * ```ts
 * drawGaussian(ctx.random, { mean: 40, deviation: 12, min: 18, decimals: 0 });
 * ```
 *
 * @throws RangeError when 10,000 draws in a row lie beyond `min` and `max`.
 * @see Marsaglia and Bray, "A convenient method for generating normal variables", SIAM Review 6, 1964: it needs no sine,
 *   whose last digit differs between machines.
 */
export function drawGaussian(random: Random, options: GaussianOptions): number {
  const { mean, deviation, min = -Infinity, max = Infinity, decimals } = options;
  for (let draw = 0; draw < maxDraws; draw++) {
    const value = mean + deviation * drawStandard(random);
    const rounded = decimals === undefined ? value : roundTo(value, decimals);
    if (rounded >= min && rounded <= max) return rounded;
  }
  const range = `from ${min} to ${max} with mean ${mean} and deviation ${deviation}`;
  throw new RangeError(`${maxDraws} draws in a row gave no number ${range}; widen the range`);
}

function drawStandard(random: Random): number {
  for (;;) {
    const x = 2 * random.next() - 1;
    const y = 2 * random.next() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/** See {@link drawGaussian}. */
export const gaussian = defineKind(gaussianOptions, {
  findProblem: ({ min = -Infinity, max = Infinity }) => (min <= max ? undefined : `min ${min} is more than max ${max}`),
  open: (options) => (random) => drawGaussian(random, options),
});
