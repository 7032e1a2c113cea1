/** How the waiting between tries grows. */
export interface Backoff {
  /** After the first failure. @unit milliseconds */
  readonly firstMs: number;
  /** However many failures there were. @unit milliseconds */
  readonly longestMs: number;
}

/** Half a second, then twice as long each time, up to 30 s. */
export const usualBackoff: Backoff = { firstMs: 500, longestMs: 30_000 };

/**
 * How long to wait after the n-th failure, counted from 0: doubled each time, with up to half of it taken off at random so
 * that calls which failed together do not come back together. @unit milliseconds
 */
export function backoffMs(failures: number, { firstMs, longestMs }: Backoff = usualBackoff): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  // Waiting times never reach the data, so this randomness needs no seed.
  return full * (1 - Math.random() / 2);
}
