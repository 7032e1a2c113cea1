import { validateProject } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import type { ReadFlags } from '../program.js';
import { readProjectOptions } from '../running/project-options.js';
import { requireTaskPaths } from '../running/run-request.js';

/** `dgt validate`: reads and checks everything, and runs nothing. Problems come as an error. */
export async function validate(flags: ReadFlags, session: CommandSession): Promise<number> {
  const projectOptions = readProjectOptions(flags, session);
  const { tasks, builders } = await validateProject({
    taskPaths: requireTaskPaths(flags),
    ...projectOptions,
  });
  if (session.json) {
    session.printJson({
      tasks: tasks.map(({ name, file, builder }) => ({ task_name: name, data_builder: builder.name, file })),
      builders: builders.map(({ name, file }) => ({ name, file })),
      exit_code: 0,
    });
  } else {
    const counts = `${formatNumberOf(tasks.length, 'task')}, ${formatNumberOf(builders.length, 'builder')}`;
    session.print(`${counts}: ${session.style('good', 'no problems')}`);
  }
  return 0;
}
