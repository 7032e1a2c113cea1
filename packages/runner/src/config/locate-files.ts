import { stat } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { folderDefaults, type Environment } from './environment.js';
import type { ReadingContext } from './yaml-document.js';

/** Replaces `$NAME` and `${NAME}` in a path; a variable that is not set stays as it is written, but for dgt's own folders. */
export function expandPath(path: string, environment: Environment): string {
  return path.replaceAll(/\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g, (written, bare, braced) => {
    const name = String(bare ?? braced);
    return environment[name] || folderDefaults[name] || written;
  });
}

/** Files that a path or a pattern names. */
export interface LocatedFiles {
  readonly files: readonly string[];
  /** Whether the files were found by a pattern: then there may be any number of them. */
  readonly isPattern: boolean;
}

/**
 * Finds the file that a path names, or else the files that it matches as a pattern (`*`, `?`, `[ab]`, `**`), in the first of
 * the folders that has any. Files of a pattern come in alphabetical order.
 */
export async function locateFiles(path: string, folders: readonly string[]): Promise<LocatedFiles | undefined> {
  for (const folder of folders) {
    const file = resolve(folder, path);
    if (await isFile(file)) return { files: [file], isPattern: false };
  }
  if (!/[*?[]/.test(path)) return undefined;
  for (const folder of folders) {
    const found = await glob(normalize(path), { cwd: folder, absolute: true, expandDirectories: false });
    if (found.length > 0) return { files: found.map((file) => join(file)).sort(), isPattern: true };
  }
  return undefined;
}

/** The folders that a path in a file may start at: the one dgt was called in, then that of the file. */
export function searchedFolders(file: string, { workingFolder }: ReadingContext): string[] {
  return [...new Set([workingFolder, dirname(file)])];
}

/** Says where {@link searchedFolders} looked. */
export function describeSearch(file: string, context: ReadingContext): string {
  const [, beside] = searchedFolders(file, context);
  const also = beside === undefined ? '' : `, or at ${context.problems.showFile(beside)}`;
  return `Paths start at the folder dgt was called in${also}.`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
