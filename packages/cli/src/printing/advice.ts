import type { TaskOutcome } from '@dgt/runner';

/** What to do about a task that did not reach its quota; nothing for one that did, or whose error says it. */
export function adviseOn({ ending, results }: TaskOutcome): string | undefined {
  switch (ending.reason) {
    case 'stalled':
      return `${adviseOnLosses(results.funnel)} To let it try for longer: --max-stalled-requests.`;
    case 'attempts_exhausted':
      return 'Run it again with a larger --max-gen-requests: it goes on from here.';
    case 'budget_exhausted':
      return `Run it again with a larger --${ending.limit?.replace('_', '-') ?? 'budget'}: it goes on from here.`;
    case 'partial':
      return 'errors.jsonl says why. Run it again with --retry-errors to try those inputs again.';
    case 'waiting':
      return 'Run the same command again later: it fetches the answers and goes on.';
    case 'cancelled':
      return 'Run the same command again: it goes on from here.';
    default:
      return undefined;
  }
}

/** What helps depends on where most candidates were lost. */
function adviseOnLosses({ losses }: TaskOutcome['results']['funnel']): string {
  const [worst] = losses.toSorted((a, b) => b.count - a.count);
  if (worst === undefined) return 'The builder gives no rows: look at its generate().';
  switch (worst.kind) {
    case 'rejected':
      return `Most is lost in ${worst.block}: raise the temperature, add seed examples, or loosen ${worst.block}; rejected.jsonl has the rows.`;
    case 'no_row':
      return 'Most answers give no row: compare the sample above with what the builder parses, and the prompt with both.';
    case 'error':
      return 'Most calls fail: errors.jsonl has the rows and the reasons.';
  }
}
