import { DgtError } from '@dgt/core';
import { runProject, type TaskOutcome } from '@dgt/runner';
import { RunCards } from '../cards/run-cards.js';
import type { CommandSession } from '../command-session.js';
import { describeError } from '../printing/error-report.js';
import { toPlainText } from '../printing/plain-text.js';
import { formatTaskLine, formatTaskReport } from '../printing/task-report.js';
import type { RunFlags } from '../program.js';
import { ProgressReporter } from '../progress/progress-reporter.js';
import { chooseExitCode } from '../running/exit-code.js';
import { Interruptions } from '../running/interruptions.js';
import { readProjectOptions } from '../running/project-options.js';
import { readRunRequest } from '../running/run-request.js';

/** `dgt run`: makes the datasets of task files. */
export function run(flags: RunFlags, session: CommandSession): Promise<number> {
  return runTasks(flags, session);
}

/** How `runTasks` differs from `dgt run`. */
export interface RunVariant {
  /** Makes datasets of what their parts have recorded, instead of calls. */
  readonly merge?: boolean;
  /** A file of rows that were made elsewhere and count as made, by their unique key. */
  readonly adoptFrom?: string | undefined;
  /** Told what came of each task, before it is printed. */
  readonly onOutcomes?: (outcomes: readonly TaskOutcome[]) => void;
}

/** Makes datasets, and tells of it. */
export async function runTasks(
  flags: RunFlags,
  session: CommandSession,
  { merge = false, adoptFrom, onOutcomes }: RunVariant = {},
): Promise<number> {
  const request = readRunRequest(flags);
  const projectOptions = readProjectOptions(flags, session);
  const quiet = flags.quiet === true;
  const say = (message: string) => session.say(toPlainText(message));
  const progress = new ProgressReporter(session);
  // What is made of parts has a card, and each part has none.
  const cards = flags.shard === undefined ? new RunCards(session) : undefined;
  const interruptions = new Interruptions(session.context, say);
  try {
    const outcomes = await runProject({
      ...request,
      ...projectOptions,
      merge,
      adoptFrom,
      ...(flags.buildId !== undefined && { buildId: flags.buildId }),
      stop: interruptions.stop,
      abort: interruptions.abort,
      announce: quiet ? () => {} : say,
      onStart: (tasks) => {
        if (!quiet) progress.start(tasks.map((task) => task.progress));
        cards?.start(tasks);
      },
    });
    progress.close();
    onOutcomes?.(outcomes);
    const exitCode = chooseExitCode(
      outcomes.map(({ ending }) => ending.reason),
      interruptions.exitCode ?? 130,
    );
    await cards?.finish(outcomes, interruptions.abort);
    report(outcomes, { exitCode, quiet, session });
    return exitCode;
  } catch (error) {
    await cards?.abandon();
    // Cancelled before the tasks began: whatever was being prepared gave up.
    const cancelled = interruptions.abort.aborted && !DgtError.isInstance(error);
    if (!cancelled || interruptions.exitCode === undefined) throw error;
    if (session.json) session.printJson({ tasks: [], exit_code: interruptions.exitCode });
    return interruptions.exitCode;
  } finally {
    progress.close();
    interruptions.dispose();
  }
}

function report(
  outcomes: readonly TaskOutcome[],
  { exitCode, quiet, session }: { exitCode: number; quiet: boolean; session: CommandSession },
): void {
  const { style, json, context } = session;
  const format = quiet ? formatTaskLine : formatTaskReport;
  if (json) session.printJson({ tasks: outcomes.map(describeOutcome), exit_code: exitCode });
  else {
    for (const outcome of outcomes) session.print(format(outcome, { style, workingFolder: context.workingFolder }));
  }
  for (const error of distinctErrors(outcomes)) session.sayError(error);
}

function describeOutcome({ results, ending, finalData, untouched }: TaskOutcome) {
  const { error } = ending;
  return {
    ...results,
    status: ending.reason,
    message: ending.message,
    final_data: finalData,
    untouched,
    ...(error !== undefined && { error: describeError(error) }),
  };
}

/** Tasks that fail for the same reason, such as a wrong key, say so once. */
function distinctErrors(outcomes: readonly TaskOutcome[]): Error[] {
  const errors = new Map<string, Error>();
  for (const { ending } of outcomes) {
    const { error } = ending;
    if (error !== undefined && !errors.has(error.message)) errors.set(error.message, error);
  }
  return [...errors.values()];
}
