import { relative } from 'node:path';

/** A path as the user would name it: relative when it is below the working folder. */
export function showPath(path: string, workingFolder: string): string {
  const short = relative(workingFolder, path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** The same for paths inside of a text, where they begin a word. */
export function shortenPaths(text: string, workingFolder: string): string {
  const parts = text.split(`${workingFolder}/`);
  return parts.reduce((before, after) => {
    const isWhole = before === '' || /[\s"'(]$/.test(before);
    return isWhole && /^[^\s"')]/.test(after) ? before + after : `${before}${workingFolder}/${after}`;
  });
}
