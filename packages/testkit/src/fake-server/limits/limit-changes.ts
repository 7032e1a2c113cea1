/** From some time on the server can do more, or less. */
export interface LimitChange {
  /** Counted from the first request for an answer. @unit milliseconds */
  readonly afterMs: number;
  /** What rate limits and capacity are multiplied by from then on: 2 doubles them. */
  readonly factor: number;
}

/** What limits are multiplied by after so much time. */
export function findFactor(changes: readonly LimitChange[], elapsedMs: number): number {
  let factor = 1;
  for (const change of changes) if (elapsedMs >= change.afterMs) factor *= change.factor;
  return factor;
}
