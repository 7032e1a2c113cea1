import { BatchAnswers } from '@dgt/compat/openai-batch';
import { ingestAnswers } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import { withOpenTasks } from '../running/with-open-tasks.js';
import type { BatchIngestFlags } from './batch-flags.js';

/** Requests of which each is named; of the others there is a count. */
const named = 5;

/** `dgt batch ingest`: records the answers of a batch in the datasets of tasks. */
export async function batchIngest(flags: BatchIngestFlags, session: CommandSession): Promise<number> {
  const { workingFolder, environment } = session.context;
  const answers = await BatchAnswers.find({ paths: flags.results, workingFolder, environment });
  return withOpenTasks(flags, session, async (options) => {
    const { recorded, known, unknown, unusable } = await ingestAnswers({ ...options, answers: answers.read() });
    const failed = new Map([...answers.failures, ...unusable]);
    if (session.json) {
      const failures = Object.fromEntries(failed);
      session.printJson({ recorded, recorded_before: known, failed: failures, unknown, exit_code: 0 });
      return 0;
    }
    session.print(`recorded ${formatNumberOf(recorded, 'answer')}`);
    if (known > 0) session.say(`${formatNumberOf(known, 'answer')} had been recorded before`);
    const reasons = [...failed].map(([id, reason]) => `${id}: ${reason}`);
    if (failed.size > 0)
      session.say(`${formatNumberOf(failed.size, 'request')} without an answer, still open: ${list(reasons, '; ')}`);
    if (unknown.length > 0)
      session.say(`${formatNumberOf(unknown.length, 'answer')} to no call of these tasks: ${list(unknown, ', ')}`);
    return 0;
  });
}

function list(items: readonly string[], separator: string): string {
  const more = items.length - named;
  return items.slice(0, named).join(separator) + (more > 0 ? `${separator}and ${more} more` : '');
}
