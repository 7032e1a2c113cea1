import type { Availability, Clock } from '@dgt/core';

const shortestPauseMs = 1000;
const longestPauseMs = 10_000;

/** How long to wait for a model, and how that is said. */
export interface WaitOptions {
  readonly clock: Clock;
  /** 0 does not wait. @unit milliseconds */
  readonly longestMs: number;
  readonly signal: AbortSignal;
  readonly say: (message: string) => void;
}

/**
 * Asks until the model can be called, for a server that is still loading it. A cause that waiting does not cure ends the
 * waiting at once.
 *
 * @throws the signal's reason; what `check` throws.
 */
export async function waitForModel(check: () => Promise<Availability>, options: WaitOptions): Promise<Availability> {
  const { clock, longestMs, signal, say } = options;
  const startedAt = clock.now();
  for (let pauseMs = shortestPauseMs, isFirst = true; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const availability = await check();
    const waitedMs = clock.now() - startedAt;
    if (availability.available && !isFirst) say(`the model can be called, after ${Math.round(waitedMs / 1000)} s`);
    if (availability.available || availability.error !== undefined || waitedMs >= longestMs) return availability;
    if (isFirst) say(`${availability.reason}; waiting for the model for up to ${Math.round(longestMs / 1000)} s`);
    isFirst = false;
    await clock.sleep(Math.min(pauseMs, longestMs - waitedMs), signal);
  }
}
