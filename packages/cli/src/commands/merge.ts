import { DgtError } from '@dgt/core';
import type { CommandSession } from '../command-session.js';
import { describeError } from '../printing/error-report.js';
import type { RunFlags } from '../program.js';
import { runTasks } from './run.js';

/** The exit code while parts are missing: the same command will do later. */
const missingExitCode = 75;

/** `dgt merge`: makes datasets of what their parts have recorded. */
export async function merge(flags: RunFlags, session: CommandSession): Promise<number> {
  try {
    return await runTasks(flags, session, { merge: true });
  } catch (error) {
    if (!DgtError.isInstance(error) || error.code !== 'DGT_PARTS_MISSING') throw error;
    session.sayError(error);
    if (session.json) session.printJson({ error: describeError(error), exit_code: missingExitCode });
    return missingExitCode;
  }
}
