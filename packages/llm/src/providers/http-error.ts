import { ProviderError } from '@dgt/core';
import type { Redact } from './redact.js';
import type { TransportFailure } from './transport-error.js';

/** What the errors of one client have in common. */
export interface ErrorScope {
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  /** What the user sets to give another key, such as `OPENAI_API_KEY`. */
  readonly keyName: string;
  /** What to do about a model that the server does not have. */
  readonly modelAdvice: string;
  readonly redact: Redact;
}

/** Says what a refusal of a server means for the run, by its HTTP status. */
export function mapHttpError(
  scope: ErrorScope,
  response: { readonly status: number; readonly message: string; readonly headers?: Headers | undefined },
): ProviderError {
  const { provider, endpoint, keyName } = scope;
  const { status, headers } = response;
  const reason = scope.redact(response.message) || `HTTP ${status}`;
  const details = { provider, endpoint, status, reason, keyName };
  const options = { statusCode: status };
  if (status === 401 || status === 402 || status === 403) {
    return new ProviderError('DGT_PROVIDER_AUTH', 'fatal', details, options);
  }
  if (status === 404 && /model/i.test(reason)) return missingModelError(scope, []);
  if (status === 404 || status === 405) {
    const wrongPlace = { provider, endpoint, reason: `HTTP ${status}: ${reason}` };
    return new ProviderError('DGT_PROVIDER_ANSWER', 'fatal', wrongPlace, options);
  }
  if (status >= 500 || [408, 409, 425, 429].includes(status)) {
    const transient = { provider, endpoint, reason: `HTTP ${status}: ${reason}` };
    return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', transient, {
      ...options,
      retryAfterMs: readRetryAfter(headers),
    });
  }
  return new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details, options);
}

/** The error for a model that the server does not have. */
export function missingModelError(scope: ErrorScope, knownModels: readonly string[]): ProviderError {
  const { provider, endpoint, model, modelAdvice: advice } = scope;
  const shown = knownModels.length > 20 ? [...knownModels.slice(0, 20), '...'] : knownModels;
  const known = shown.length > 0 ? `; it has: ${shown.join(', ')}` : '';
  const details = { provider, endpoint, model, known, advice };
  return new ProviderError('DGT_PROVIDER_MODEL_UNKNOWN', 'fatal', details, { statusCode: 404 });
}

/** The error for a request that no whole answer came back for. */
export function transportError(scope: ErrorScope, failure: TransportFailure, cause: unknown): ProviderError {
  const { provider, endpoint, redact } = scope;
  const details = { provider, endpoint, reason: redact(failure.reason), unreachable: failure.unreachable };
  return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, { cause });
}

/** The error for an answer that has not the shape this API promises, or that holds nothing. */
export function malformedAnswerError(scope: ErrorScope, reason: string): ProviderError {
  const { provider, endpoint } = scope;
  return new ProviderError('DGT_PROVIDER_ANSWER', 'transient', { provider, endpoint, reason: scope.redact(reason) });
}

/** How long a server asks to wait, from `retry-after-ms` or `retry-after` (seconds, or a date). @unit milliseconds */
export function readRetryAfter(headers: Headers | undefined, now: number = Date.now()): number | undefined {
  const milliseconds = headers?.get('retry-after-ms');
  const seconds = headers?.get('retry-after');
  const waits = [
    milliseconds ? Number(milliseconds) : Number.NaN,
    seconds ? Number(seconds) * 1000 : Number.NaN,
    seconds ? Date.parse(seconds) - now : Number.NaN,
  ];
  return waits.find((wait) => Number.isFinite(wait) && wait >= 0);
}
