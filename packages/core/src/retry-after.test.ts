import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.js';

describe('readRetryAfter', () => {
  const read = (headers: Record<string, string>) =>
    readRetryAfter(new Headers(headers), Date.parse('2026-01-01T00:00:00Z'));

  it('reads seconds, milliseconds and dates', () => {
    expect(read({ 'retry-after': '1.5' })).toBe(1500);
    expect(read({ 'retry-after-ms': '250', 'retry-after': '9' })).toBe(250);
    expect(read({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' })).toBe(30_000);
  });

  it('gives nothing for nothing, for the past and for nonsense', () => {
    expect(read({})).toBeUndefined();
    expect(read({ 'retry-after': 'soon' })).toBeUndefined();
    expect(read({ 'retry-after': 'Thu, 01 Jan 2015 00:00:30 GMT' })).toBeUndefined();
  });
});
