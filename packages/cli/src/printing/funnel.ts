import type { FunnelLoss, FunnelReport } from '@dgt/runner';
import { toOneLine } from './plain-text.js';
import { formatCount } from './quantities.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';

/** The longest that is shown of a reason. @unit characters */
const longestReason = 80;

/** The longest that is shown of an answer. @unit characters */
const longestSample = 200;

/** Where candidates went, a line each: how many the models gave, what was lost where and why, what is left. */
export function formatFunnel({ candidates, accepted, losses }: FunnelReport, style: Style): string[] {
  if (losses.length === 0) return [];
  const rows = [
    [formatCount(candidates), 'candidates'],
    ...losses
      .toSorted((a, b) => b.count - a.count)
      .map(({ count, block, kind, reason }) => [
        `-${formatCount(count)}`,
        nameLoss(kind, block),
        toOneLine(reason, longestReason),
      ]),
    [formatCount(accepted), 'rows'],
  ];
  return [...formatTable(rows, { right: [0] }), ...describeSample(losses).map((line) => style('quiet', line))];
}

/** Where a candidate was lost. */
export function nameLoss(kind: FunnelLoss['kind'], block: string): string {
  if (kind === 'rejected') return `rejected by ${block}`;
  return kind === 'error' ? `failed in ${block}` : 'no row from the answer';
}

/** One answer that gave no row says more than any count of them. */
function describeSample(losses: readonly FunnelLoss[]): string[] {
  const withoutRow = losses.filter(({ kind }) => kind === 'no_row');
  const [most] = withoutRow.toSorted((a, b) => b.count - a.count);
  if (most === undefined) return [];
  const total = withoutRow.reduce((sum, { count }) => sum + count, 0);
  const text = typeof most.sample === 'string' ? most.sample : JSON.stringify(most.sample);
  const sample = most.sample === null ? 'no sample was given' : `for example: ${toOneLine(text, longestSample)}`;
  return [`calls without a row: ${formatCount(total)}, ${sample}`];
}
