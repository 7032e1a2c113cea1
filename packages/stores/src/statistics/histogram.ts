/** A bar of a histogram: how many values are at least `from` and less than `to`. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Where the bins of a histogram lie. */
export interface Edges {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

/** Chooses at most so many bins whose edges people can read: multiples of 1, 2 or 5 times a power of ten. */
export function chooseEdges(
  most: number,
  { min, max, isWhole }: { readonly min: number; readonly max: number; readonly isWhole: boolean },
): Edges {
  if (min === max) return { start: min, width: 1, count: 1 };
  const span = max - min;
  for (const width of Number.isFinite(span) ? readableWidths(span / most) : []) {
    if (isWhole && width < 1) continue;
    const start = Math.floor(min / width + 1e-9) * width;
    const count = Math.floor((max - start) / width + 1e-9) + 1;
    if (count <= most) return { start, width, count };
  }
  // The values lie too near each other, or too far apart, for doubles to tell edges between them.
  return { start: min, width: Math.min(Number.MAX_VALUE, span * 2), count: 1 };
}

function* readableWidths(least: number): Generator<number> {
  // Of the smallest numbers that there are, a part is none.
  if (least === 0) return;
  const power = Math.floor(Math.log10(least));
  for (let exponent = power; exponent <= power + 2; exponent++)
    for (const digit of [1, 2, 5]) yield Number(`${digit}e${exponent}`);
}
