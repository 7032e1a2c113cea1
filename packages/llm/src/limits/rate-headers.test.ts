import { describe, expect, it } from 'vitest';
import { readRateLimits } from './rate-headers.js';

const now = Date.parse('2026-11-21T12:00:00Z');

function read(headers: Record<string, string>) {
  return readRateLimits(new Headers(headers), now);
}

describe('readRateLimits', () => {
  it('reads requests and tokens as OpenAI and its likes write them', () => {
    const headers = {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-reset-requests': '6ms',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '150000',
      'x-ratelimit-reset-tokens': '1m15.5s',
    };
    expect(read(headers)).toEqual({
      requests: { limit: 10_000, remaining: 9999, resetMs: 6 },
      tokens: { limit: 200_000, remaining: 150_000, resetMs: 75_500 },
    });
  });

  it('reads them as Anthropic writes them, with a date', () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-21T12:00:30Z',
      'anthropic-ratelimit-tokens-limit': '1000',
      'anthropic-ratelimit-tokens-remaining': '10',
      'anthropic-ratelimit-tokens-reset': '2026-11-21T11:59:00Z',
    };
    expect(read(headers)).toEqual({
      requests: { limit: 50, remaining: 0, resetMs: 30_000 },
      tokens: { limit: 1000, remaining: 10, resetMs: 0 },
    });
  });

  it.each([
    ['12', 12_000],
    ['1h2m3s', 3_723_000],
    [String(now / 1000 + 20), 20_000],
    [String(now + 20_000), 20_000],
  ])('understands a reset of %j', (reset, resetMs) => {
    const headers = { 'x-ratelimit-limit': '60, 60;w=60', 'x-ratelimit-remaining': '59', 'x-ratelimit-reset': reset };
    expect(read(headers).requests).toEqual({ limit: 60, remaining: 59, resetMs });
  });

  it.each([
    {},
    {
      'x-ratelimit-remaining-requests': 'many',
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-reset-requests': '1s',
    },
    { 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-limit-requests': '10', 'x-ratelimit-reset-requests': 'soon' },
    { 'x-ratelimit-remaining-requests': '5' },
  ])('says nothing where the headers say too little: %j', (headers) => {
    expect(read(headers)).toEqual({ requests: undefined, tokens: undefined });
  });
});
