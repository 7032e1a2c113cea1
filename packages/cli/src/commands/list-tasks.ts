import { findTaskFiles, Problems, readTaskFile } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { printList } from '../printing/listing.js';
import { showPath } from '../printing/paths.js';
import type { ListFlags } from '../program.js';

/** `dgt list tasks`: the task files of `tasks/`, or of the given paths, with the builder that each names. */
export async function listTasks({ paths }: ListFlags, session: CommandSession): Promise<number> {
  const { workingFolder, environment } = session.context;
  const problems = new Problems({ workingFolder, secrets: session.secrets });
  const context = { problems, environment, secrets: session.secrets, workingFolder };
  const tasks = [];
  for (const file of await findTaskFiles(paths.length > 0 ? paths : ['tasks'], { workingFolder, problems })) {
    const task = await readTaskFile(file, context);
    if (task === undefined) continue;
    const { task_name: name } = task.document.source;
    tasks.push({ task_name: typeof name === 'string' ? name : null, data_builder: task.builder ?? null, file });
  }
  return printList(session, {
    key: 'tasks',
    items: tasks,
    columns: ({ task_name: name, data_builder: builder, file }) => [
      name ?? '(no task_name)',
      builder ?? '(no data_builder)',
      showPath(file, workingFolder),
    ],
    problems: problems.list(),
  });
}
