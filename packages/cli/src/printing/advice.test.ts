import { describe, expect, it } from 'vitest';
import type { EndReason, FunnelLoss, TaskOutcome } from '@dgt/runner';
import { adviseOn } from './advice.js';

function advise(reason: EndReason, ...losses: Partial<FunnelLoss>[]): string | undefined {
  const limit = 'max_cost';
  return adviseOn({
    ending: { reason, message: '', limit },
    results: { funnel: { losses } },
  } as unknown as TaskOutcome);
}

describe('advice', () => {
  it('names the option that lets a task go on', () => {
    expect(advise('attempts_exhausted')).toContain('--max-gen-requests');
    expect(advise('budget_exhausted')).toContain('--max-cost');
    expect(advise('cancelled')).toContain('same command again');
    expect(advise('waiting')).toContain('later');
  });

  it('looks at where most was lost when a task stalls', () => {
    const rejected = { kind: 'rejected', block: 'dedup', count: 9 } as const;
    const unparsed = { kind: 'no_row', block: 'builder', count: 5 } as const;
    expect(advise('stalled', unparsed, rejected)).toMatch(/temperature.*loosen dedup.*--max-stalled-requests/);
    expect(advise('stalled', { ...rejected, count: 1 }, unparsed)).toMatch(/prompt.*--max-stalled-requests/);
    expect(advise('stalled', { kind: 'error', block: 'generator', count: 1 })).toContain('errors.jsonl');
    expect(advise('stalled')).toContain('generate()');
  });

  it('is not given where there is nothing to do, or an error says it', () => {
    expect(['complete', 'failed', 'endpoint_down'].map((reason) => advise(reason as EndReason))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
