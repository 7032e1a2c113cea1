import type { EndReason, TaskOutcome } from '@dgt/runner';
import { adviseOn } from './advice.js';
import { formatFunnel } from './funnel.js';
import { showPath } from './paths.js';
import { toPlainText } from './plain-text.js';
import { describeCost } from './cost.js';
import { formatCount, formatDuration, formatNumberOf } from './quantities.js';
import type { Meaning, Style } from './style.js';

/** How a report is printed. */
interface Appearance {
  readonly style: Style;
  readonly workingFolder: string;
}

/** What a run came to for one task: the reason, the file, the costs, where candidates went, what to do. */
export function formatTaskReport(outcome: TaskOutcome, appearance: Appearance): string {
  const { results, untouched, ending } = outcome;
  const { style } = appearance;
  const details = untouched
    ? []
    : [describeCosts(outcome), ...formatFunnel(results.funnel, style), ...describeMetrics(results.metrics)];
  const advice = adviseOn(outcome);
  // An error says by itself what happened, below all reports.
  const explains = ending.error === undefined && ending.reason !== 'complete' ? [toPlainText(ending.message)] : [];
  const lines = [...explains, showPath(outcome.finalData, appearance.workingFolder), ...details];
  return [
    formatHeadline(outcome, style),
    ...lines.map((line) => `  ${line}`),
    ...(advice === undefined ? [] : [`  ${style('caution', advice)}`]),
  ].join('\n');
}

/** The same in one line, for `--quiet`. */
export function formatTaskLine(outcome: TaskOutcome, { style, workingFolder }: Appearance): string {
  return `${formatHeadline(outcome, style)} in ${showPath(outcome.finalData, workingFolder)}`;
}

function formatHeadline({ taskName, ending, results, untouched }: TaskOutcome, style: Style): string {
  const reason = ending.reason.replaceAll('_', ' ');
  const title = `${style('strong', taskName)}: `;
  if (untouched && ending.reason === 'complete')
    return `${title}${style('good', 'already complete')}, ${formatNumberOf(results.rows, 'row')}, nothing called`;
  const { rows: made, num_outputs_to_generate: quota } = results;
  const rows = quota === undefined ? formatNumberOf(made, 'row') : `${formatCount(made)} of ${formatCount(quota)} rows`;
  return `${title}${style(meaningOf(ending.reason), untouched ? `still ${reason}` : reason)}, ${rows}`;
}

function meaningOf(reason: EndReason): Meaning {
  if (reason === 'complete') return 'good';
  return reason === 'failed' || reason === 'endpoint_down' ? 'bad' : 'caution';
}

function describeCosts({ results }: TaskOutcome): string {
  const { calls, tokens, started_at: start, finished_at: end } = results;
  const made = calls.answered_in_last_run;
  const recorded = calls.answered - made;
  const parts = [formatDuration((Date.parse(end) - Date.parse(start)) / 1000), `${formatNumberOf(made, 'call')} made`];
  if (recorded > 0) parts.push(`${formatCount(recorded)} recorded before`);
  if (calls.failed_tries > 0) parts.push(formatNumberOf(calls.failed_tries, 'failed request'));
  const all = tokens.prompt + tokens.completion;
  if (all > 0)
    parts.push(`${formatCount(all)} tokens (${formatCount(tokens.prompt)} in, ${formatCount(tokens.completion)} out)`);
  parts.push(...describeCost(results.bill));
  return parts.join(', ');
}

function describeMetrics(metrics: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(metrics).map(([name, value]) => toPlainText(`${name}: ${JSON.stringify(value)}`));
}
