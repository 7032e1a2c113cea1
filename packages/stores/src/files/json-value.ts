import { exactInteger } from './exact-json.js';

/**
 * A value of JavaScript as JSON: whole numbers beyond a double and dates become text, bytes base64, NaN (the missing number
 * of data frames) null, absent members are left out.
 *
 * @param at where the value stands, for the error.
 * @throws TypeError for what JSON cannot hold.
 */
export function toJsonValue(value: unknown, at = ''): unknown {
  switch (typeof value) {
    case 'bigint':
      return exactInteger(value);
    case 'number':
      if (Number.isNaN(value)) return null;
      if (!Number.isFinite(value)) throw new TypeError(`${at || 'the value'} is ${value}`);
      return value;
    case 'undefined':
      return null;
    case 'function':
    case 'symbol':
      throw new TypeError(`${at || 'the value'} is a ${typeof value}`);
    case 'object':
      return value === null ? null : objectToJson(value, at);
    default:
      return value;
  }
}

function objectToJson(value: object, at: string): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<unknown>, (item) => toJsonValue(item, at));
  if (Array.isArray(value)) return value.map((item, index) => toJsonValue(item, `${at}[${index}]`));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, toJsonValue(member, at === '' ? key : `${at}.${key}`)]),
  );
}

/** Whether a value can be a row: a record of named values. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for an error about rows. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
