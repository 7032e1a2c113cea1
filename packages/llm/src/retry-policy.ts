import type { Backoff, ProviderError } from '@dgt/core';
import { DeadlineError } from './deadline.js';
import { isUnreachable } from './endpoints/endpoint-health.js';

/** Why a try failed, as far as trying again is concerned. */
export const retryCauses = ['rate_limit', 'server_error', 'timeout', 'connection', 'bad_answer'] as const;

/** One of {@link retryCauses}. */
export type RetryCause = (typeof retryCauses)[number];

/** What is tried again, how often, and when. */
export interface RetryPolicy {
  /** Tries of one call beyond the first that fail for reasons of their own. Minimum: 0. */
  readonly maxRetries: number;
  readonly backoff: Backoff;
  readonly causes: ReadonlySet<RetryCause>;
}

/** Names why a try failed. */
export function findRetryCause(error: ProviderError): RetryCause {
  const { statusCode, code, cause } = error;
  if (statusCode === 429 || statusCode === 529) return 'rate_limit';
  if (cause instanceof DeadlineError || statusCode === 408 || statusCode === 504) return 'timeout';
  if (statusCode !== undefined) return 'server_error';
  if (code === 'DGT_PROVIDER_ANSWER' || cause instanceof SyntaxError) return 'bad_answer';
  return 'connection';
}

/** Whether a server says that it has too much to do, so that fewer requests would be answered better. */
export function isOverload({ statusCode }: ProviderError): boolean {
  return statusCode === 429 || statusCode === 503 || statusCode === 529;
}

/** Whether an error is one that no retrying at all is wanted for. */
export function endsAtOnce(error: ProviderError, { causes }: RetryPolicy): boolean {
  return !causes.has(findRetryCause(error)) && !isUnreachable(error);
}
