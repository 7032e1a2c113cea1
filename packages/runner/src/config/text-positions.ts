import type { Position } from './problems.js';

/** Gives the function that tells where an offset of a text stands. Places beyond the end stand at the end. */
export function locateIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    const place = Math.max(0, Math.min(offset, text.length));
    let first = 0;
    let last = starts.length - 1;
    while (first < last) {
      const middle = (first + last + 1) >> 1;
      if ((starts[middle] as number) <= place) first = middle;
      else last = middle - 1;
    }
    return { line: first + 1, column: place - (starts[first] as number) + 1 };
  };
}
