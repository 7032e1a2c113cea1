import { displayWidth } from './display-width.js';
import { toOneLine } from './plain-text.js';
import { formatCount } from './quantities.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';
import { formatShare } from '../statistics/describe-values.js';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const heights = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Something counted, to be drawn as a bar. */
export interface Bar {
  readonly label: string;
  readonly count: number;
}

/**
 * Bars below each other with their labels, counts and shares: the longest takes what is left of the width.
 *
 * @param options.whole what the shares are of.
 */
export function drawBars(
  bars: readonly Bar[],
  { width, whole, style, right = false }: { width: number; whole: number; style: Style; right?: boolean },
): string[] {
  const longestLabel = Math.max(8, Math.floor(width * 0.4));
  const cells = bars.map(({ label, count }) => [
    fitLabel(label, longestLabel),
    formatCount(count),
    formatShare(count, whole),
  ]);
  const taken = [0, 1, 2].map((column) => Math.max(0, ...cells.map((row) => displayWidth(row[column] ?? ''))));
  const room = Math.max(5, width - taken.reduce((sum, cell) => sum + cell + 2, 0));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const rows = cells.map(([label = '', count = '', share = ''], index) => {
    const bar = drawBar((bars[index]?.count ?? 0) / most, room);
    return [label, style('good', bar) + ' '.repeat(room - bar.length), count, style('quiet', share)];
  });
  return formatTable(rows, { right: right ? [0, 2, 3] : [2, 3] });
}

/** One line that shows how values are spread. */
export function drawProfile(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts.map((count) => heights[Math.ceil((count / most) * (heights.length - 1))]).join('');
}

/** Never nothing for something. */
function drawBar(share: number, width: number): string {
  const parts = Math.max(share > 0 ? 1 : 0, Math.round(share * width * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}

function fitLabel(label: string, width: number): string {
  let fitting = toOneLine(label, width);
  while (displayWidth(fitting) > width) fitting = toOneLine(label, Array.from(fitting).length - 1);
  return fitting;
}
