import { ProviderError } from '@dgt/core';

/** Why a run of a task ended; `partial`: every input was worked on, and some ended as errors. */
export type EndReason =
  | 'complete'
  | 'partial'
  | 'stalled'
  | 'attempts_exhausted'
  | 'budget_exhausted'
  | 'waiting'
  | 'endpoint_down'
  | 'cancelled'
  | 'failed';

/** How a run of a task ended. */
export interface Ending {
  readonly reason: EndReason;
  /** The reason in words. */
  readonly message: string;
  readonly error?: Error | undefined;
  /** Of an exhausted budget: the setting that a run has to be given more of. */
  readonly limit?: 'max_tokens' | 'max_cost' | 'max_time';
}

/** Ends after which running the same command again goes on, because what stopped it was not the task. */
export function isInterruption(reason: EndReason): boolean {
  return reason === 'waiting' || reason === 'endpoint_down' || reason === 'cancelled' || reason === 'failed';
}

/** The ending of a run that has reached one of its limits. */
export function exhausted(limit: NonNullable<Ending['limit']>, message: string): Ending {
  return { reason: 'budget_exhausted', message: `${limit} ${message}`, limit };
}

/** An ending without an error. */
export function ending(reason: EndReason, message: string): Ending {
  return { reason, message };
}

/** The ending of a run that cannot go on. */
export function describeFatal(error: Error): Ending {
  const down = ProviderError.isInstance(error) && error.failure !== 'fatal';
  return { reason: down ? 'endpoint_down' : 'failed', message: error.message, error };
}
