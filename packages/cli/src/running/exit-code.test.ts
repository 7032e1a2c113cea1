import { describe, expect, it } from 'vitest';
import type { EndReason } from '@dgt/runner';
import { chooseExitCode } from './exit-code.js';

describe('the exit code of a run', () => {
  it.each<[EndReason, number]>([
    ['complete', 0],
    ['stalled', 2],
    ['attempts_exhausted', 2],
    ['budget_exhausted', 2],
    ['waiting', 75],
    ['endpoint_down', 1],
    ['failed', 1],
    ['cancelled', 143],
  ])('is for a task that ended "%s" %i', (reason, code) => {
    expect(chooseExitCode([reason], 143)).toBe(code);
  });

  it('is that of the worst task: an error, then a cancelled one, one that waits, one that fell short', () => {
    const fromBest: EndReason[] = ['complete', 'stalled', 'waiting', 'cancelled', 'failed'];
    const worst = fromBest.map((_, index) => chooseExitCode(fromBest.slice(0, index + 1).toReversed(), 130));
    expect(worst).toEqual([0, 2, 75, 130, 1]);
  });
});
