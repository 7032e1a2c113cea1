/** How a signature is cut: two texts are compared when all rows of at least one band are the same. */
export interface Banding {
  readonly bands: number;
  readonly rows: number;
}

/** The share of pairs just at the threshold that is found at the least; of closer pairs more are. */
const recallAtThreshold = 0.95;

/**
 * Cuts a signature into the longest bands that still find 95 % of the pairs whose similarity is just the threshold: longer
 * bands bring fewer pairs to compare in vain.
 */
export function chooseBanding(threshold: number, permutations: number): Banding {
  let rows = 1;
  while (rows < permutations && findShare(threshold, cut(permutations, rows + 1)) >= recallAtThreshold) rows++;
  return cut(permutations, rows);
}

/**
 * The share of the pairs of this similarity that a banding brings together.
 *
 * @see Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4.
 */
export function findShare(similarity: number, { bands, rows }: Banding): number {
  return 1 - (1 - similarity ** rows) ** bands;
}

function cut(permutations: number, rows: number): Banding {
  return { bands: Math.floor(permutations / rows), rows };
}
