type SnakeName<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeName<Rest>}`
  : Name;

/** Options under the names that they have in YAML and Python: `maxTokens` as `max_tokens`, at every depth. */
export type SnakeCased<T> = T extends readonly unknown[] | ((...values: never[]) => unknown)
  ? T
  : T extends object
    ? { readonly [Key in keyof T as Key extends string ? SnakeName<Key> : never]: SnakeCased<T[Key]> }
    : T;

/** A copy of a record of options, and of those in it, under the names that YAML and Python have for them. */
export function toSnakeCase(options: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isPlainRecord(value) ? toSnakeCase(value) : (value as unknown),
    ]),
  );
}

function isPlainRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
