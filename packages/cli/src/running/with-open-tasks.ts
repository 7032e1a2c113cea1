import { DgtError } from '@dgt/core';
import type { OpenRequestsOptions } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { toPlainText } from '../printing/plain-text.js';
import type { ReadFlags } from '../program.js';
import { Interruptions } from './interruptions.js';
import { readProjectOptions } from './project-options.js';
import { requireTaskPaths } from './run-request.js';

/** What the tasks of a command are opened with. */
export type TaskSurroundings = Omit<OpenRequestsOptions, 'onFailedRow'>;

/**
 * Does something with tasks that is no run, so that Ctrl-C ends it at once.
 *
 * @returns the exit code: that of `work`, or of the signal.
 */
export async function withOpenTasks(
  flags: ReadFlags & { readonly outputDir?: string },
  session: CommandSession,
  work: (options: TaskSurroundings) => Promise<number>,
): Promise<number> {
  const { context } = session;
  const taskPaths = requireTaskPaths(flags);
  const projectOptions = readProjectOptions(flags, session);
  const say = (message: string) => session.say(toPlainText(message));
  const interruptions = new Interruptions(context, () => say('stopping'));
  try {
    return await work({
      taskPaths,
      overrides: flags.outputDir === undefined ? {} : { output_dir: flags.outputDir },
      ...projectOptions,
      abort: interruptions.stop,
      announce: say,
    });
  } catch (error) {
    if (interruptions.exitCode === undefined || DgtError.isInstance(error)) throw error;
    if (session.json) session.printJson({ exit_code: interruptions.exitCode });
    return interruptions.exitCode;
  } finally {
    interruptions.dispose();
  }
}
