import type { ResponseHeaders } from '@dgt/core';

/** What a server still lets through of something, and until when. */
export interface Allowance {
  /** What it lets through when nothing is used up. */
  readonly limit: number;
  readonly remaining: number;
  /** Until all of the limit is there again. @unit milliseconds */
  readonly resetMs: number;
}

/** What the headers of a response say of limits. */
export interface RateLimits {
  readonly requests?: Allowance | undefined;
  readonly tokens?: Allowance | undefined;
}

/** The three headers of an allowance: its limit, what remains, and when it is full again. */
type Names = readonly [limit: string, remaining: string, reset: string];

const requestNames: readonly Names[] = [
  ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  [
    'anthropic-ratelimit-requests-limit',
    'anthropic-ratelimit-requests-remaining',
    'anthropic-ratelimit-requests-reset',
  ],
  ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];
const tokenNames: readonly Names[] = [
  ['x-ratelimit-limit-tokens', 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['anthropic-ratelimit-tokens-limit', 'anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
];

/** Reads the headers in which servers say how much they let through. @param now milliseconds since 1970, for dates. */
export function readRateLimits(headers: ResponseHeaders, now: number): RateLimits {
  return { requests: readAllowance(headers, requestNames, now), tokens: readAllowance(headers, tokenNames, now) };
}

function readAllowance(headers: ResponseHeaders, candidates: readonly Names[], now: number): Allowance | undefined {
  for (const [limitName, remainingName, resetName] of candidates) {
    const remaining = readNumber(headers.get(remainingName));
    if (remaining === undefined) continue;
    const limit = readNumber(headers.get(limitName));
    const resetMs = readResetMs(headers.get(resetName) ?? '', now);
    if (limit !== undefined && limit > 0 && resetMs !== undefined) return { limit, remaining, resetMs };
  }
  return undefined;
}

/** A number at the start: some servers write `100, 100;w=60`. */
function readNumber(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  const digits = /^\s*(\d+(?:\.\d+)?)/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6m0s`, `120ms`, `12` (seconds), a moment as seconds or milliseconds since 1970, or a date. */
function readResetMs(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) {
    const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit as string] as number), 0);
  }
  const number = readNumber(/^[\d.]+$/.test(trimmed) ? trimmed : '');
  if (number !== undefined) {
    if (number > 1e12) return Math.max(0, number - now);
    return number > 1e9 ? Math.max(0, number * 1000 - now) : number * 1000;
  }
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
