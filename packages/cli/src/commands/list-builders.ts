import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { findBuilders, Problems } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { printList } from '../printing/listing.js';
import { showPath } from '../printing/paths.js';
import { findPlugIns } from '../plug-ins/find-plug-ins.js';
import { listBuilderFolders, type PlugIn } from '../plug-ins/plug-in-manifest.js';
import { readPublishedBuilders } from '../plug-ins/published-builders.js';
import type { ListFlags } from '../program.js';

/** `dgt list builders`: the data builders of `builders/`, or of the given paths; none is loaded. */
export async function listBuilders({ paths, includeBuilders }: ListFlags, session: CommandSession): Promise<number> {
  const { workingFolder, environment } = session.context;
  const problems = new Problems({ workingFolder, secrets: session.secrets });
  const plugIns = [...findPlugIns(workingFolder), readPublishedBuilders()];
  const plugInRoots = plugIns.flatMap(listBuilderFolders);
  // A project may have no builders of its own: those of plug-ins, and of dgt, are there.
  const own = existsSync(join(workingFolder, 'builders')) ? ['builders'] : [];
  const roots = [...(paths.length > 0 ? paths : own), ...includeBuilders, ...plugInRoots];
  const context = { problems, environment, secrets: session.secrets, workingFolder };
  const { builders, unreadable } = await findBuilders(roots, { workingFolder, context });
  const found = [...builders.values()]
    .flat()
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, yamlFile }) => ({ name, file: yamlFile, from: findOwner(yamlFile, plugIns) }));
  return printList(session, {
    key: 'builders',
    items: found,
    columns: ({ name, file, from }) => [name, showPath(file, workingFolder), from ?? ''],
    problems: [...problems.list(), ...unreadable.list()],
  });
}

/** The name of the plug-in that a builder belongs to, or null for one of the user's own folders. */
function findOwner(yamlFile: string, plugIns: readonly PlugIn[]): string | null {
  const owner = plugIns.find((plugIn) =>
    listBuilderFolders(plugIn).some((folder) => yamlFile.startsWith(`${realpathSync(folder)}/`)),
  );
  return owner?.name ?? null;
}
