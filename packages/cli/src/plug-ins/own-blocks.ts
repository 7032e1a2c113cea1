import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Where a project keeps block types of its own, each in a folder of its name. */
export const ownBlocksFolder = 'blocks';

/** The modules of the block types below `blocks/`, by name: `blocks/team/shorten/block.ts` is `team/shorten`. */
export function findOwnBlocks(workingFolder: string): Record<string, string> {
  const folder = join(workingFolder, ownBlocksFolder);
  let entries: string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return {};
  }
  const modules = entries
    .map((entry) => ({ entry, match: /^(.+)\/block\.m?[jt]s$/.exec(entry.split(sep).join('/')) }))
    .filter(({ entry }) => !entry.split(sep).includes('node_modules'));
  return Object.fromEntries(modules.flatMap(({ entry, match }) => (match ? [[match[1], join(folder, entry)]] : [])));
}
