import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { walkFolders } from '../config/walk-folders.js';
import { outputNames } from '../output/output-files.js';

/**
 * Digests the files that make a data builder what it is, by path below the folder (with `/` on every system), sorted: all of
 * them but tests, hidden files, its README, `node_modules`, `dist`, task files and what earlier runs wrote, for a folder may
 * be both a builder and the place that it is run in. Leave out the builder's YAML too: what it says is compared piece by
 * piece, and an address in it defines no row.
 *
 * @see SHA-256, FIPS 180-4
 */
export async function digestBuilder(
  folder: string,
  { leaveOut = [] }: { leaveOut?: readonly string[] } = {},
): Promise<Readonly<Record<string, string>>> {
  const skipped = new Set(leaveOut.map((file) => relative(folder, file)));
  const digests: [path: string, digest: string][] = [];
  for await (const { folder: current, names } of walkFolders(folder)) {
    if (names.includes(outputNames.ledger)) continue;
    for (const name of names.filter(isDefining)) {
      const path = relative(folder, join(current, name));
      if (skipped.has(path)) continue;
      const digest = createHash('sha256')
        .update(await readFile(join(current, name)))
        .digest('hex');
      digests.push([path.split(sep).join('/'), digest]);
    }
  }
  return Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isDefining(name: string): boolean {
  const isTaskFile = /^(task|qna)\.ya?ml$/i.test(name);
  return (
    !isTaskFile && !name.startsWith('.') && !/\.test(-d)?\.[cm]?[jt]sx?$/.test(name) && !/^readme(\.|$)/i.test(name)
  );
}
