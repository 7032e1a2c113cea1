import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from './display-width.js';

/**
 * Lines of columns, each as wide as its widest cell; cells may be coloured.
 *
 * @param options.right indexes of the columns that are set to the right.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  options: { right?: readonly number[] } = {},
): string[] {
  const { right = [] } = options;
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  const pad = (cell: string, column: number) => {
    const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
    return right.includes(column) ? space + cell : cell + space;
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

function widthOf(cell: string): number {
  return displayWidth(stripVTControlCharacters(cell));
}
