import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { ProviderError } from '@dgt/core';
import { mapHttpError, transportError, type ErrorScope } from '../http-error.js';
import { readTransportError } from '../transport-error.js';

/** Says what a failure means for the run. What is neither the server's nor the network's comes back as it is. */
export function mapOpenAIError(error: unknown, scope: ErrorScope): unknown {
  if (ProviderError.isInstance(error) || error instanceof APIUserAbortError) return error;
  if (error instanceof APIConnectionError) {
    const failure = readTransportError(error) ?? {
      reason: error.message,
      unreachable: error instanceof APIConnectionTimeoutError,
    };
    return transportError(scope, failure, error.cause);
  }
  if (error instanceof APIError && error.status !== undefined) {
    // The vendor's error is not kept as the cause: it holds the server's words, which may echo the key.
    return mapHttpError(scope, { status: error.status, message: error.message, headers: error.headers });
  }
  const failure = readTransportError(error);
  return failure === undefined ? error : transportError(scope, failure, error);
}
