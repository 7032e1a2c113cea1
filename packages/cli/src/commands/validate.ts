import { validateProject } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { announcePlugIns } from '../plug-ins.js';
import { formatNumberOf } from '../printing/quantities.js';
import type { ReadFlags } from '../program.js';
import { requireTaskPaths } from '../running/run-request.js';

/** `dgt validate`: reads and checks everything, and runs nothing. Problems come as an error. */
export async function validate(flags: ReadFlags, session: CommandSession): Promise<number> {
  const announced = announcePlugIns(session.context.workingFolder);
  const { tasks, builders } = await validateProject({
    taskPaths: requireTaskPaths(flags),
    builderRoots: ['builders', ...flags.includeBuilders, ...announced.builderRoots],
    workingFolder: session.context.workingFolder,
    configPath: flags.configPath,
    lm: flags.lm,
    environment: session.context.environment,
    hostUrl: import.meta.url,
    secrets: session.secrets,
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
