import { setOwn } from './own-key.js';

/**
 * A copy of a value made of plain records and lists, however deep, so that defaults can be filled in without touching the
 * original. Anything else (a function, a date, an instance of a class) is shared.
 */
export function copyPlain<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => copyPlain(item)) as T;
  if (!isPlain(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) setOwn(copy, key, copyPlain(member));
  return copy as T;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
