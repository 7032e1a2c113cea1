const decimal = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;

/** A number, also one that is written as a text: `"7"` and `"0.5"`, but not `"007"`, which is a name. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : undefined;
}
