import { describe, expect, it } from 'vitest';
import type { FunnelLoss, FunnelReport } from '@dgt/runner';
import { formatFunnel } from './funnel.js';
import { plainStyle } from './style.js';

const loss = (given: Partial<FunnelLoss>): FunnelLoss => ({
  block: 'builder',
  reason: 'no pair',
  kind: 'no_row',
  count: 1,
  sample: null,
  ...given,
});

const print = (report: Partial<FunnelReport>) =>
  formatFunnel({ candidates: 0, accepted: 0, losses: [], ...report }, plainStyle).join('\n');

describe('the funnel', () => {
  it('goes from the candidates to the rows, the largest loss first', () => {
    const losses = [
      loss({ count: 6, sample: `Certainly!\nHere are ${'many words '.repeat(30)}` }),
      loss({ kind: 'rejected', block: 'dedup', reason: 'repeats an earlier row', count: 1234 }),
      loss({ kind: 'error', block: 'generator', reason: 'DGT_PROVIDER_REQUEST', count: 2 }),
      loss({ reason: 'empty', count: 3, sample: '' }),
    ];
    expect(print({ candidates: 1295, accepted: 50, losses })).toMatchInlineSnapshot(`
      " 1,295  candidates
      -1,234  rejected by dedup       repeats an earlier row
          -6  no row from the answer  no pair
          -3  no row from the answer  empty
          -2  failed in generator     DGT_PROVIDER_REQUEST
          50  rows
      calls without a row: 9, for example: Certainly! Here are many words many words many words many words many words many words many words many words many words many words many words many words many words many words many words many words man…"
    `);
  });

  it('is left out when nothing was lost', () => {
    expect(print({ candidates: 5, accepted: 5 })).toBe('');
  });

  it('shows an answer that is no text as JSON, and says when there is none', () => {
    const messages = print({ losses: [loss({ sample: [{ role: 'assistant', content: 'no' }] })] });
    expect(messages).toContain('for example: [{"role":"assistant","content":"no"}]');
    expect(print({ losses: [loss({})] })).toContain('calls without a row: 1, no sample was given');
  });
});
