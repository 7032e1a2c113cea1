import { ProviderError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { DeadlineError } from './deadline.js';
import { findRetryCause, isOverload } from './retry-policy.js';

function failure(statusCode?: number, cause?: Error, details: object = {}): ProviderError {
  return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', { ...details }, { statusCode, cause });
}

describe('findRetryCause', () => {
  it.each([
    ['rate_limit', failure(429)],
    ['rate_limit', failure(529)],
    ['server_error', failure(500)],
    ['server_error', failure(503)],
    ['server_error', failure(409)],
    ['timeout', failure(504)],
    ['timeout', failure(408)],
    ['timeout', failure(undefined, new DeadlineError(1000))],
    ['connection', failure(undefined, new TypeError('fetch failed'))],
    ['bad_answer', failure(undefined, new SyntaxError('Unexpected end of JSON input'))],
    ['bad_answer', new ProviderError('DGT_PROVIDER_ANSWER', 'transient')],
  ])('names %s', (cause, error) => {
    expect(findRetryCause(error)).toBe(cause);
  });
});

it('takes three statuses for a server that has too much to do', () => {
  const overloads = [400, 408, 429, 500, 502, 503, 504, 529].filter((status) => isOverload(failure(status)));
  expect(overloads).toEqual([429, 503, 529]);
});
