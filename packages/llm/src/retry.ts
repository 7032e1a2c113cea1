import { backoffMs, ProviderError, type Clock, type LMAnswer } from '@dgt/core';
import { isUnreachable } from './endpoints/endpoint-health.js';
import { endsAtOnce, findRetryCause, type RetryPolicy } from './retry-policy.js';

/** What {@link callWithRetry} knows of those who serve the model. */
export interface ServiceState {
  /** How many calls, of anybody, were answered. */
  readonly answers: number;
  /** For how long nobody was answered. @unit milliseconds */
  readonly outageMs: number;
  /** Whether a try can go out now. */
  readonly isUp: boolean;
  /** @throws {@link ProviderError} `down`, DGT_ENDPOINT_DOWN. */
  throwIfOutage(maxOutageMs: number): void;
}

/** How {@link callWithRetry} tries again. */
export interface RetryOptions {
  readonly service: ServiceState;
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  /** How long nobody may be answered. @unit milliseconds */
  readonly maxOutageMs: number;
  /** Ends the waiting between tries. */
  readonly signal: AbortSignal;
  /** Finds out whether the service is well although it has answered nobody since the last try of this call. */
  isWell(error: ProviderError): Promise<boolean>;
}

/**
 * Makes a call, and makes it again when it fails in a way that may pass. Waits between tries, without a slot, for as long as
 * the server asks or else a little longer each time.
 *
 * @param attempt makes one try; it tells `service` how it went.
 * @throws {@link ProviderError} `permanent` DGT_PROVIDER_GAVE_UP when this call keeps failing while the endpoint answers
 *   others, or is well; `down` DGT_ENDPOINT_DOWN when it has answered nobody for too long; any error that is not transient.
 */
export async function callWithRetry(attempt: () => Promise<LMAnswer>, options: RetryOptions): Promise<LMAnswer> {
  const { service, policy } = options;
  let ownFailures = 0;
  /** Failures while nobody else was answered: of the call, or of the service. */
  let unexplained = 0;
  let seenAnswers = service.answers;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!ProviderError.isInstance(error) || error.failure !== 'transient') throw error;
      if (endsAtOnce(error, policy)) throw giveUp(error, tries);
      // During an outage every call fails; only a failure of a service that is well is this call's own.
      const answersOthers = service.answers > seenAnswers;
      seenAnswers = service.answers;
      if (findRetryCause(error) !== 'rate_limit') {
        if (answersOthers) ownFailures++;
        else unexplained++;
      }
      if (ownFailures > policy.maxRetries) throw giveUp(error, tries);
      if (ownFailures + unexplained > policy.maxRetries && (await options.isWell(error))) throw giveUp(error, tries);
      await waitForNextTry(error, tries, options);
    }
  }
}

async function waitForNextTry(error: ProviderError, tries: number, options: RetryOptions): Promise<void> {
  const { service, clock, policy, maxOutageMs, signal } = options;
  await endAfterOutage(error, options);
  // Another endpoint can take the call at once.
  if (isUnreachable(error) && service.isUp) return;
  const waitMs = Math.max(backoffMs(tries - 1, policy.backoff), error.retryAfterMs ?? 0);
  const untilOutageMs = Math.min(waitMs, Math.max(0, maxOutageMs - service.outageMs));
  await clock.sleep(untilOutageMs, signal);
  await endAfterOutage(error, options);
  if (untilOutageMs < waitMs) await clock.sleep(waitMs - untilOutageMs, signal);
}

/** @throws {@link ProviderError} `down`, when the outage has lasted too long and it is the service that fails. */
async function endAfterOutage(error: ProviderError, { service, maxOutageMs, isWell }: RetryOptions): Promise<void> {
  if (service.outageMs < maxOutageMs || (await isWell(error))) return;
  service.throwIfOutage(maxOutageMs);
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
