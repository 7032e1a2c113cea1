const units = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What a time as text looks like: a number, then its unit. */
export const durationPattern = `^\\d+(\\.\\d+)? ?(${Object.keys(units).join('|')})$`;

/** Reads a time such as `90 s`, `30 min`, `2h` or `1.5 d`; a number is seconds. @returns milliseconds. */
export function readDuration(given: number | string): number {
  if (typeof given === 'number') return given * 1000;
  const [, number, unit] = /^([\d.]+) ?([a-z]+)$/.exec(given) ?? [];
  return Number(number) * units[unit as keyof typeof units];
}

/** A time in the largest unit that it is whole in. */
export function writeDuration(milliseconds: number): string {
  const [unit, length] =
    Object.entries(units)
      .toReversed()
      .find(([, length]) => milliseconds % length === 0) ?? (['s', 1000] as const);
  return `${milliseconds / length} ${unit}`;
}
