import { DgtError, ProviderError, readRetryAfter, type ResponseHeaders } from '@dgt/core';
import { readContextLength } from './context-length.js';
import type { Redact } from './redact.js';
import { HttpRefusal } from './refusal.js';
import { readTransportError, type TransportFailure } from './transport-error.js';

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

/** Says what a failure means for the run. What is neither the server's nor the network's comes back as it is. */
export function mapFailure(error: unknown, scope: ErrorScope): unknown {
  if (DgtError.isInstance(error)) return error;
  // The refusal is not kept as the cause: it holds the server's words, which may echo the key.
  if (error instanceof HttpRefusal) return mapHttpError(scope, error);
  const failure = readTransportError(error);
  return failure === undefined ? error : transportError(scope, failure, error);
}

/** Says what a refusal of a server means for the run, by its HTTP status. */
export function mapHttpError(
  scope: ErrorScope,
  response: {
    readonly status: number;
    readonly message: string;
    readonly headers?: ResponseHeaders | undefined;
    readonly reasonCode?: string | undefined;
  },
): ProviderError {
  const { provider, endpoint, keyName } = scope;
  const { status, headers } = response;
  const reason = scope.redact(response.message) || `HTTP ${status}`;
  const details = { provider, endpoint, status, reason, keyName };
  const options = { statusCode: status };
  if (status === 401 || status === 402 || status === 403) {
    return new ProviderError('DGT_PROVIDER_AUTH', 'fatal', details, options);
  }
  if (status === 404 && /model|deployment/i.test(reason)) return missingModelError(scope, []);
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) {
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
  const tooLong = readContextLength(response);
  if (tooLong === undefined) return new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details, options);
  const { tokens = 'too many', limit = 'fewer' } = tooLong;
  return new ProviderError('DGT_PROMPT_TOO_LONG', 'permanent', { tokens, limit, model: scope.model }, options);
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
