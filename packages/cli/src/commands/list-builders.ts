import { findBuilders, Problems } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { printList } from '../printing/listing.js';
import { showPath } from '../printing/paths.js';
import type { ListFlags } from '../program.js';

/** `dgt list builders`: the data builders of `builders/`, or of the given paths; none is loaded. */
export async function listBuilders({ paths, includeBuilders }: ListFlags, session: CommandSession): Promise<number> {
  const { workingFolder, environment } = session.context;
  const problems = new Problems({ workingFolder, secrets: session.secrets });
  const roots = [...(paths.length > 0 ? paths : ['builders']), ...includeBuilders];
  const context = { problems, environment, secrets: session.secrets, workingFolder };
  const { builders, unreadable } = await findBuilders(roots, { workingFolder, context });
  const found = [...builders.values()]
    .flat()
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, yamlFile }) => ({ name, file: yamlFile }));
  return printList(session, {
    key: 'builders',
    items: found,
    columns: ({ name, file }) => [name, showPath(file, workingFolder)],
    problems: [...problems.list(), ...unreadable.list()],
  });
}
