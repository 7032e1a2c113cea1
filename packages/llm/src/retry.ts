import { ProviderError, type Clock, type LMAnswer } from '@dgt/core';
import { backoffMs } from './backoff.js';
import type { EndpointHealth } from './endpoint-health.js';

/** How {@link callWithRetry} tries again. */
export interface RetryOptions {
  readonly health: EndpointHealth;
  readonly clock: Clock;
  /** Tries of one call beyond the first, counted only while the endpoint answers others. Minimum: 0. */
  readonly maxRetries: number;
  /** How long the endpoint may answer nobody. @unit milliseconds */
  readonly maxOutageMs: number;
  /** Ends the waiting between tries. */
  readonly signal: AbortSignal;
}

/**
 * Makes a call, and makes it again when it fails in a way that may pass. Waits between tries, without a slot, for as long as
 * the server asks or else a little longer each time.
 *
 * @param attempt makes one try; it tells `health` how it went.
 * @throws {@link ProviderError} `permanent` DGT_PROVIDER_GAVE_UP when this call keeps failing while the endpoint answers
 *   others; `down` DGT_ENDPOINT_DOWN when it has answered nobody for too long; any error that is not transient.
 */
export async function callWithRetry(attempt: () => Promise<LMAnswer>, options: RetryOptions): Promise<LMAnswer> {
  const { health, clock, maxRetries, maxOutageMs, signal } = options;
  let ownFailures = 0;
  let seenAnswers = health.answers;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!ProviderError.isInstance(error) || error.failure !== 'transient') throw error;
      // During an outage every call fails; only a failure amid answers to others is this call's own.
      const answersOthers = health.answers > seenAnswers;
      seenAnswers = health.answers;
      if (answersOthers && error.statusCode !== 429) ownFailures++;
      if (ownFailures > maxRetries) throw giveUp(error, tries);
      health.throwIfOutage(maxOutageMs);
      const waitMs = Math.max(backoffMs(tries - 1), error.retryAfterMs ?? 0);
      const untilOutageMs = Math.min(waitMs, Math.max(0, maxOutageMs - health.outageMs));
      await clock.sleep(untilOutageMs, signal);
      health.throwIfOutage(maxOutageMs);
      if (untilOutageMs < waitMs) await clock.sleep(waitMs - untilOutageMs, signal);
    }
  }
}

function giveUp(error: ProviderError, tries: number): ProviderError {
  const { statusCode } = error;
  return new ProviderError(
    'DGT_PROVIDER_GAVE_UP',
    'permanent',
    { ...error.details, tries },
    { cause: error, statusCode },
  );
}
