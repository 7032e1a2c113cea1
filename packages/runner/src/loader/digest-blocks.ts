import { blocks, findInnerBlocks, type BlockConfig, type TProperties } from '@dgt/core';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import type { PlannedBlock } from '../config/planned.js';
import { authorFolders } from './author-roots.js';

/**
 * Digests the modules of blocks that an author wrote outside of the builder's folder, such as below `blocks/` of the project or
 * in a plug-in, by the type of the block. As with a function of the user, the text of the module counts, and what it imports
 * does not.
 */
export async function digestBlocks(
  planned: readonly PlannedBlock[],
  builderFolder: string,
): Promise<Readonly<Record<string, string>>> {
  const types = planned.flatMap(({ class: blockClass, config }) => listTypes(blockClass.configFields, config));
  const digests: [type: string, digest: string][] = [];
  for (const type of [...new Set(types)].toSorted()) {
    const file = blocks.originOf(type)?.replace(/:\d+$/, '');
    if (file === undefined || isBelow(file, builderFolder)) continue;
    if (!authorFolders().some((folder) => isBelow(file, folder))) continue;
    const digest = createHash('sha256').update(await readFile(file));
    digests.push([`block ${type}`, digest.digest('hex')]);
  }
  return Object.fromEntries(digests);
}

/** The type of a block and of those in its configuration. */
function listTypes(fields: TProperties, config: BlockConfig): string[] {
  const inner = findInnerBlocks(fields).map(({ field }) => (config as Record<string, unknown>)[field] as BlockConfig);
  return [config.type, ...inner.filter((entry) => entry !== undefined).map(({ type }) => type)];
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(`${folder}${sep}`);
}
