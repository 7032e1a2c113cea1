import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLookahead } from './lookahead.js';

const sizes = {
  quota: fc.nat(1_000_000),
  rowsPerAttempt: fc.nat(5000),
  callLimit: fc.integer({ min: 1, max: 512 }),
};

describe('the lookahead', () => {
  it('is wide enough to keep a model busy behind one slow call', () => {
    expect(chooseLookahead({ quota: 1_000_000, rowsPerAttempt: 10, callLimit: 64 })).toBe(102);
    expect(chooseLookahead({ quota: 1_000_000, rowsPerAttempt: 1, callLimit: 64 })).toBe(1024);
  });

  it('leaves three quarters of a small quota to see rows that were made before', () => {
    expect(chooseLookahead({ quota: 40, rowsPerAttempt: 2, callLimit: 64 })).toBe(5);
    expect(chooseLookahead({ quota: 50, rowsPerAttempt: 20, callLimit: 10 })).toBe(1);
  });

  it('is a whole number of at least one attempt, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.record(sizes), (options) => {
        const lookahead = chooseLookahead(options);
        expect(Number.isSafeInteger(lookahead)).toBe(true);
        expect(lookahead).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('never has more rows under way than a quarter of the quota or 16 calls a slot, beyond one attempt', () => {
    fc.assert(
      fc.property(fc.record(sizes), (options) => {
        const { quota, rowsPerAttempt, callLimit } = options;
        const rows = chooseLookahead(options) * rowsPerAttempt;
        expect(rows <= rowsPerAttempt || (rows <= quota / 4 && rows <= 16 * callLimit)).toBe(true);
      }),
    );
  });
});
