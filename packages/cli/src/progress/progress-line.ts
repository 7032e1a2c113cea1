import { displayWidth, fitEnd } from '../printing/display-width.js';
import { formatCount, formatDuration, formatShort } from '../printing/quantities.js';
import type { Meaning, Style } from '../printing/style.js';
import type { TaskView } from './task-view.js';

const barWidth = 20;

interface Part {
  readonly text: string;
  readonly meaning?: Meaning;
}

/** A terminal must be this wide for bars: on a narrow one the numbers say more. @unit characters */
const narrowestForBars = 60;

/**
 * The live lines of tasks, one each: `topic  ███████░░░░░  21/50  4 lost  8 in flight  12.3k tokens  640 rows/min  3 s left`.
 * What does not fit into the width is left out from the right.
 */
export function renderProgressLines(
  views: readonly TaskView[],
  { width, style }: { width: number; style: Style },
): string[] {
  const names = views.map(({ progress }) => fitEnd(progress.taskName, Math.max(10, Math.floor(width * 0.4))));
  const nameWidth = Math.max(0, ...names.map(displayWidth));
  return views.map((view, index) => {
    const { done, total } = view.progress;
    const name = names[index] ?? '';
    const parts: Part[] = [{ text: name + ' '.repeat(nameWidth - displayWidth(name)), meaning: 'strong' }];
    if (width >= narrowestForBars && total !== undefined) parts.push({ text: drawBar(done, total), meaning: 'good' });
    return joinFitting([...parts, ...describeProgress(view)], { width, style });
  });
}

/** The same as a line of a log: `topic: 21/50 rows, 4 lost, 8 in flight, 12.3k tokens`. */
export function describeProgressLine(view: TaskView): string {
  const [rows, ...others] = describeProgress(view).map(({ text }) => text);
  return `${view.progress.taskName}: ${[`${rows} rows`, ...others].join(', ')}`;
}

function joinFitting(parts: readonly Part[], { width, style }: { width: number; style: Style }): string {
  let used = 0;
  const fitting = parts.filter(({ text }) => {
    used += displayWidth(text) + (used === 0 ? 0 : 2);
    return used <= width;
  });
  return fitting.map(({ text, meaning }) => (meaning === undefined ? text : style(meaning, text))).join('  ');
}

function describeProgress({ progress, rowsPerMinute, secondsLeft }: TaskView): Part[] {
  const { done, total, lost, callsUnderWay, tokens, ending } = progress;
  const parts: Part[] = [{ text: formatCount(done) + (total === undefined ? '' : `/${formatCount(total)}`) }];
  if (lost > 0) parts.push({ text: `${formatCount(lost)} lost`, meaning: 'caution' });
  if (ending === undefined) parts.push({ text: `${callsUnderWay} in flight` });
  if (tokens > 0) parts.push({ text: `${formatShort(tokens)} tokens` });
  if (ending !== undefined) return [...parts, { text: ending.reason.replaceAll('_', ' ') }];
  if (rowsPerMinute !== undefined) parts.push({ text: `${formatRate(rowsPerMinute)} rows/min`, meaning: 'quiet' });
  if (secondsLeft !== undefined) parts.push({ text: `${formatWait(secondsLeft)} left` });
  return parts;
}

function drawBar(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.min(barWidth, Math.floor((done / total) * barWidth));
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
}

function formatRate(rowsPerMinute: number): string {
  return rowsPerMinute < 10 ? rowsPerMinute.toFixed(1) : formatShort(rowsPerMinute);
}

/** Whole seconds: tenths would flicker. */
function formatWait(seconds: number): string {
  return seconds < 9.95 ? `${Math.ceil(seconds)} s` : formatDuration(seconds);
}
