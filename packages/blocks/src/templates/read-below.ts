/** The value below another; undefined when there is none. Only what a value has itself counts. */
export function readBelow(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    const place = Array.isArray(current) && typeof key === 'number' && key < 0 ? current.length + key : key;
    if (!Object.hasOwn(current, place)) return undefined;
    current = (current as Record<string | number, unknown>)[place];
  }
  return current;
}
