import type { Random } from '@dgt/core';

/**
 * Makes a number that fits the bounds of a JSON schema.
 *
 * @throws Error when there is none.
 */
export function makeNumber(
  schema: Readonly<Record<string, unknown>>,
  random: Random,
  { isInteger }: { readonly isInteger: boolean },
): number {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = schema as Record<
    string,
    number | undefined
  >;
  const step = multipleOf ?? (isInteger ? 1 : undefined);
  if (step === undefined) return makeReal({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }, random);
  // Bounds are counted in steps, whose multiples are then always within them.
  const least = Math.max(ceilAt(minimum, step), aboveAt(exclusiveMinimum, step));
  const most = Math.min(floorAt(maximum, step), belowAt(exclusiveMaximum, step));
  const low = Number.isFinite(least) ? least : Math.min(0, Number.isFinite(most) ? most - 100 : 0);
  const high = Number.isFinite(most) ? most : low + 100;
  if (low > high) throw new Error(`no number fits the bounds ${JSON.stringify(schema)}`);
  for (let tries = 0; tries < 100; tries++) {
    const value = (low + random.integer(high - low + 1)) * step;
    if (!isInteger || Number.isInteger(value)) return value;
  }
  throw new Error(`no whole number fits the bounds ${JSON.stringify(schema)}`);
}

interface Bounds {
  readonly minimum: number | undefined;
  readonly exclusiveMinimum: number | undefined;
  readonly maximum: number | undefined;
  readonly exclusiveMaximum: number | undefined;
}

function makeReal({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Bounds, random: Random): number {
  const least = Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity);
  const most = Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity);
  const low = Number.isFinite(least) ? least : Number.isFinite(most) ? most - 100 : 0;
  const high = Number.isFinite(most) ? most : low + 100;
  const isOpen = low === exclusiveMinimum || high === exclusiveMaximum;
  if (low > high || (low === high && isOpen)) throw new Error('no number fits the bounds of the schema');
  const value = low + (high - low) * (0.01 + 0.98 * random.next());
  const rounded = Math.round(value * 100) / 100;
  return rounded > low && rounded < high ? rounded : value;
}

function ceilAt(bound: number | undefined, step: number): number {
  return bound === undefined ? -Infinity : Math.ceil(bound / step);
}

function floorAt(bound: number | undefined, step: number): number {
  return bound === undefined ? Infinity : Math.floor(bound / step);
}

function aboveAt(bound: number | undefined, step: number): number {
  return bound === undefined ? -Infinity : Math.floor(bound / step) + 1;
}

function belowAt(bound: number | undefined, step: number): number {
  return bound === undefined ? Infinity : Math.ceil(bound / step) - 1;
}
