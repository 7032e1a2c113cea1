import type { Availability, DgtError, LMClient } from '@dgt/core';

/**
 * Whether a model can be called now. `error` stands beside `reason` when the cause is certain and waiting does not cure it,
 * such as a server that says it has no such model: without a fallback the run ends with it.
 */
export type ModelAvailability = Availability | { readonly available: false; readonly reason: string; error: DgtError };

/**
 * What a model provider implements, see {@link LMClient}: one request per call, with no retries and no limits of its own.
 * `complete` throws a ProviderError for every failure of the vendor; its `context.signal` ends when the run is cancelled or
 * the try has taken too long.
 */
export interface ModelClient extends LMClient {
  /** Tells credentials apart without showing them: calls with different ones do not share a limit. */
  readonly credential?: string;
  checkAvailability(signal: AbortSignal): Promise<ModelAvailability>;
}
