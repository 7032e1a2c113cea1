import type { Clock } from '@dgt/core';
import { exhausted, type Ending } from '../engine/ending.js';
import type { BudgetLimits } from './budget.js';
import { writeDuration } from './duration.js';

/** What a dataset may take in all its runs, and for how long this one may go on. */
export interface RunLimits extends BudgetLimits {
  readonly maxTimeMs: number | undefined;
}

/** What each of several parts of a dataset may take that are worked on apart. */
export function divideLimits(limits: RunLimits, parts: number): RunLimits {
  const { maxTokens, maxCost } = limits;
  return {
    ...limits,
    maxTokens: maxTokens && Math.max(1, Math.floor(maxTokens / parts)),
    maxCost: maxCost && maxCost / parts,
  };
}

/** The longest that a timer of the platform waits. @unit milliseconds */
const longestTimerMs = 2 ** 31 - 1;

/** Ends a run when its time is over, unless the signal fires before. */
export async function endInTime(
  maxTimeMs: number | undefined,
  { clock, signal, end }: { clock: Clock; signal: AbortSignal; end: (reason: Ending) => void },
): Promise<void> {
  if (maxTimeMs === undefined) return;
  const over = clock.now() + maxTimeMs;
  try {
    for (let left = maxTimeMs; left > 0; left = over - clock.now())
      await clock.sleep(Math.min(left, longestTimerMs), signal);
  } catch {
    return;
  }
  end(exhausted('max_time', `(${writeDuration(maxTimeMs)}) is over`));
}
