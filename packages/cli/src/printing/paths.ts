import { relative } from 'node:path';

/** A path as the user would name it: relative when it is below the working folder. */
export function showPath(path: string, workingFolder: string): string {
  const short = relative(workingFolder, path);
  return short === '' || short.startsWith('..') ? path : short;
}
