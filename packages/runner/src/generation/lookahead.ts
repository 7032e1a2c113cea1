/** Calls per slot of a model that may be under way before the oldest must be committed. */
const rowsPerSlot = 16;

/**
 * How many attempts may be open at once. What an attempt sees of others ends this many attempts before it, so the number is
 * fixed for the life of a dataset: wide enough that one slow call does not idle the model, narrow enough that synthetic
 * rows come back as examples before the quota is half made.
 */
export function chooseLookahead(options: { quota: number; rowsPerAttempt: number; callLimit: number }): number {
  const { quota, rowsPerAttempt, callLimit } = options;
  const rows = Math.min(quota / 4, rowsPerSlot * callLimit);
  return Math.max(1, Math.floor(rows / Math.max(1, rowsPerAttempt)));
}
