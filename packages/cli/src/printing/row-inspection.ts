import type { RowInspection, RowTrace } from '@dgt/runner';
import { AttemptReport, formatFields, type AttemptAppearance } from './attempt-report.js';
import { toOneLine } from './plain-text.js';
import { formatTextBlock } from './text-block.js';

type Recorded = RowInspection['outcome'];

/** Rows of the same attempt that are listed, unless everything is to be printed. */
const listedSiblings = 20;

/** The longest that is shown of a row in one line. @unit characters */
const longestRow = 100;

/** Where a row comes from: what its attempt was given, its calls, its verdicts, and what became of its siblings. */
export function formatInspection(row: RowInspection, appearance: AttemptAppearance): string[] {
  const { trace, notes, attempt } = row;
  const { style } = appearance;
  const report = new AttemptReport(
    trace ?? { attempt: attempt ?? 0, calls: row.calls, rows: [], losses: [] },
    appearance,
  );
  const parts = [
    [
      `${style('strong', row.task_name)}: ${describeTarget(row)}`,
      ...notes.map((note) => style('caution', toOneLine(note, 1000))),
    ],
    report.formatInput('input'),
    ...(trace === undefined ? [formatRecorded(row.outcome, appearance)] : [formatTraced(row, trace.rows, report)]),
    trace === undefined || appearance.full || trace.failure !== undefined ? report.formatOtherCalls() : [],
    report.formatFailure(),
    formatSiblings(row, appearance),
  ];
  return parts.flatMap((lines, index) => (lines.length === 0 || index === 0 ? lines : [''].concat(lines)));
}

function describeTarget({ target: { kind, number }, attempt }: RowInspection): string {
  const what = { row: 'row', rejected: 'rejected row', error: 'error' }[kind];
  return attempt === undefined ? `${what} ${number}` : `${what} ${number}, made in attempt ${attempt}`;
}

function formatTraced(inspection: RowInspection, rows: readonly RowTrace[], report: AttemptReport): string[] {
  const { outcome, trace, attempt_outcomes: others } = inspection;
  const found = rows.find(({ position }) => position === outcome.position);
  if (found !== undefined) return report.formatRow(found, 'the row');
  // What gave no row stands in the same order in both.
  const place = others.filter(({ position }) => position === undefined).findIndex((other) => isSame(other, outcome));
  const loss = trace?.losses[place];
  return loss === undefined ? [] : report.formatLoss(loss, 'the answer');
}

/** What the ledger has, where the attempt could not be made again. */
function formatRecorded({ kind, row, detail }: Recorded, { width, full, style }: AttemptAppearance): string[] {
  const { block, reason, score, code } = detail;
  const why = [block, code, reason, score === undefined ? undefined : `score ${score}`].filter(
    (part) => part !== undefined,
  );
  const lines = formatFields(row).flatMap((line) => formatTextBlock(line, { width: width - 4, full }));
  return [
    `${style('strong', 'the row')}: ${kind.replaceAll('_', ' ')}${why.length === 0 ? '' : `, ${toOneLine(why.join(', '), 1000)}`}`,
    ...lines.map((line) => `    ${line}`),
  ];
}

function formatSiblings(
  { attempt_outcomes: all, outcome }: RowInspection,
  { style, full }: AttemptAppearance,
): string[] {
  const others = all.filter((other) => !isSame(other, outcome));
  if (others.length === 0) return [];
  const listed = full ? others : others.slice(0, listedSiblings);
  const left = others.length - listed.length;
  const lines = listed.map(({ kind, row, stage, detail }) => {
    const by = stage ?? detail.block;
    const why = [by === undefined ? '' : ` by ${by}`, detail.reason === undefined ? '' : `, ${detail.reason}`].join('');
    const said = kind === 'accepted' ? kind : `${kind.replaceAll('_', ' ')}${why}`;
    return `  ${toOneLine(said, longestRow)}: ${toOneLine(formatFields(row).join(', '), longestRow)}`;
  });
  const more = left === 0 ? [] : [`  … ${left} more, --full lists them`];
  return [style('strong', 'of the same attempt'), ...lines, ...more];
}

function isSame(one: Recorded, other: Recorded): boolean {
  return one.position === other.position && JSON.stringify(one) === JSON.stringify(other);
}
