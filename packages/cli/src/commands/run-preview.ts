import { DgtError } from '@dgt/core';
import { previewProject, type AttemptTrace, type TaskPreview } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { AttemptReport, type AttemptAppearance } from '../printing/attempt-report.js';
import { formatForecast } from '../printing/forecast.js';
import { toPlainText } from '../printing/plain-text.js';
import { formatNumberOf } from '../printing/quantities.js';
import type { RunFlags } from '../program.js';
import { Interruptions } from '../running/interruptions.js';
import { readProjectOptions } from '../running/project-options.js';
import { readPreviewRequest } from '../running/run-request.js';

/** The widest that a report is printed. @unit columns */
const widest = 120;

/** `dgt run --preview N`: shows how the first rows of each task are made, and writes nothing. */
export async function runPreview(flags: RunFlags, session: CommandSession): Promise<number> {
  const { context } = session;
  const request = readPreviewRequest(flags);
  const projectOptions = readProjectOptions(flags, session);
  const say = (message: string) => session.say(toPlainText(message));
  const interruptions = new Interruptions(context, say);
  try {
    const previews = await previewProject({
      ...request,
      ...projectOptions,
      // Nothing is kept, so there is nothing to finish.
      abort: interruptions.stop,
      announce: flags.quiet === true ? () => {} : say,
    });
    const exitCode = previews.some(({ failure }) => failure !== undefined) ? 1 : 0;
    if (session.json) session.printJson({ tasks: previews, exit_code: exitCode });
    else for (const preview of previews) printPreview(preview, session, flags.full === true);
    return exitCode;
  } catch (error) {
    if (interruptions.exitCode === undefined || DgtError.isInstance(error)) throw error;
    if (session.json) session.printJson({ tasks: [], exit_code: interruptions.exitCode });
    return interruptions.exitCode;
  } finally {
    interruptions.dispose();
  }
}

function printPreview(preview: TaskPreview, session: CommandSession, full: boolean): void {
  const { style, context } = session;
  const { attempts, forecast, not_asked: notAsked } = preview;
  const count = attempts.reduce((sum, { rows, losses }) => sum + rows.length + losses.length, 0);
  const lines = [
    `${style('strong', preview.task_name)}: a preview of ${formatNumberOf(count, 'candidate')}, of which nothing is kept`,
  ];
  const width = Math.min(widest, context.stdout.columns ?? widest);
  for (const trace of attempts) lines.push(...formatAttempt(trace, { style, width, full }));
  if (notAsked.length > 0) lines.push('', `not asked, since it judges the whole dataset: ${notAsked.join(', ')}`);
  if (forecast !== undefined) lines.push('', ...formatForecast(forecast));
  else if (preview.failure === undefined) lines.push('', 'no forecast: how many rows the input has is not known');
  session.print(lines.join('\n'));
}

function formatAttempt(trace: AttemptTrace, appearance: AttemptAppearance): string[] {
  const { attempt, input, rows, losses, failure } = trace;
  const report = new AttemptReport(trace, appearance);
  const what = input === undefined ? `attempt ${attempt}` : `input ${attempt}`;
  const parts = [
    report.formatInput(what),
    ...rows.map((row, index) => report.formatRow(row, `${what}, row ${index + 1}`)),
    ...losses.map((loss, index) => report.formatLoss(loss, `${what}, loss ${index + 1}`)),
    // What else was called matters where it may be the reason.
    rows.length + losses.length === 0 || failure !== undefined ? report.formatOtherCalls() : [],
    report.formatFailure(),
  ];
  return parts.flatMap((lines) => (lines.length === 0 ? lines : [''].concat(lines)));
}
