/**
 * Sets a key of a record as its own, whatever the key is called: a plain assignment to `__proto__` would replace the
 * record's prototype instead, and keys come from files and from models.
 */
export function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    record[key] = value;
  }
}
