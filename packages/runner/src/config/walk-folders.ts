import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Every folder below a folder, itself included, with the names of its files; hidden folders, `node_modules` and `dist` are
 * left out. Links are followed, each folder is visited once.
 */
export async function* walkFolders(
  start: string,
  visited: Set<string> = new Set(),
): AsyncGenerator<{ folder: string; names: string[] }> {
  const real = await realpath(start);
  if (visited.has(real)) return;
  visited.add(real);
  const names: string[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(start, { withFileTypes: true })) {
    const kind = entry.isSymbolicLink() ? await stat(join(start, entry.name)).catch(() => undefined) : entry;
    if (kind?.isFile()) names.push(entry.name);
    else if (kind?.isDirectory() && !isLeftOut(entry.name)) folders.push(entry.name);
  }
  yield { folder: start, names: names.sort() };
  for (const folder of folders.sort()) yield* walkFolders(join(start, folder), visited);
}

function isLeftOut(folder: string): boolean {
  return folder.startsWith('.') || folder === 'node_modules' || folder === 'dist';
}
