import type { EndReason } from '@dgt/runner';

/** From the best to the worst that one run can come to. */
const order = [0, 2, 75, 130, 143, 1];

/**
 * The exit code of a run: the worst of its tasks'. 0 complete, 2 short of the quota or with inputs that ended as errors, 75 waiting for answers, 130 or 143
 * cancelled, 1 error.
 *
 * @param cancelled what a cancelled task counts as: 130 or 143.
 */
export function chooseExitCode(reasons: readonly EndReason[], cancelled: number): number {
  const codes: Readonly<Record<EndReason, number>> = {
    complete: 0,
    partial: 2,
    stalled: 2,
    attempts_exhausted: 2,
    budget_exhausted: 2,
    waiting: 75,
    cancelled,
    endpoint_down: 1,
    failed: 1,
  };
  return reasons.map((reason) => codes[reason]).reduce((worst, code) => (rank(code) > rank(worst) ? code : worst), 0);
}

function rank(code: number): number {
  return order.indexOf(code);
}
