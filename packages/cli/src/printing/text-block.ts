import { displayWidth } from './display-width.js';
import { toPlainText } from './plain-text.js';

/** Lines of a text that are shown from its start, and from its end, when it is long. */
const shownLines = { first: 12, last: 6 };

/** How wide and how long a text may be. */
export interface BlockLimits {
  /** Columns of the terminal that a line may take. */
  readonly width: number;
  /** Whether the whole text is wanted. */
  readonly full: boolean;
}

/**
 * The lines of a text as they can be shown: broken where they are too long, the middle of a long text left out. Its end is
 * kept, since a prompt ends with what it asks for.
 */
export function formatTextBlock(text: string, { width, full }: BlockLimits): string[] {
  const lines = toPlainText(text.replaceAll('\r\n', '\n'))
    .trimEnd()
    .split('\n')
    .flatMap((line) => breakLine(line, width));
  const { first, last } = shownLines;
  // One line is not left out for one that says so.
  if (full || lines.length <= first + last + 1) return lines;
  const left = lines.length - first - last;
  return [...lines.slice(0, first), `… ${left} more lines, --full shows them …`, ...lines.slice(-last)];
}

/** Breaks a line at its last space that fits, or in a word that is too long for a line. */
function breakLine(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const broken: string[] = [];
  let current = '';
  let used = 0;
  for (const character of line) {
    const size = displayWidth(character);
    if (used + size > width) {
      const space = current.lastIndexOf(' ');
      const end = space > 0 && character !== ' ' ? space : current.length;
      broken.push(current.slice(0, end));
      current = current.slice(end).trimStart();
      used = displayWidth(current);
    }
    current += character;
    used += size;
  }
  return [...broken, current.trimStart()];
}
