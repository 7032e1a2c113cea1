import { isDeepStrictEqual } from 'node:util';

/**
 * Whether a value is what a condition asks for: equal to it, equal to one of a list, or within `{ min, max }`, of which one
 * may be left out.
 */
export function isMet(condition: unknown, value: unknown): boolean {
  if (Array.isArray(condition)) return condition.some((one) => isDeepStrictEqual(one, value));
  if (isRange(condition)) {
    const { min = -Infinity, max = Infinity } = condition;
    return typeof value === 'number' && value >= min && value <= max;
  }
  return isDeepStrictEqual(condition, value);
}

function isRange(condition: unknown): condition is { readonly min?: number; readonly max?: number } {
  if (typeof condition !== 'object' || condition === null) return false;
  const entries = Object.entries(condition);
  return (
    entries.length > 0 && entries.every(([key, limit]) => (key === 'min' || key === 'max') && typeof limit === 'number')
  );
}
