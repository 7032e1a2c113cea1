const firstMs = 500;
const longestMs = 30_000;

/**
 * How long to wait after the n-th failure, counted from 0: half a second, doubled each time up to 30 s, with up to half of it
 * taken off at random so that calls which failed together do not come back together. @unit milliseconds
 */
export function backoffMs(failures: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16));
  // Waiting times never reach the data, so this randomness needs no seed.
  return full * (1 - Math.random() / 2);
}
