import { ConfigError } from '@dgt/core';
import { inspectDatasets, inspectRow, type InspectTarget, type RowInspection } from '@dgt/runner';
import { resolve } from 'node:path';
import type { CommandSession } from '../command-session.js';
import { formatOverview } from '../printing/dataset-overview.js';
import { formatInspection } from '../printing/row-inspection.js';
import { readProjectOptions } from '../running/project-options.js';
import { readWholeNumber } from '../running/run-request.js';
import type { InspectFlags } from './inspect-flags.js';

/** The widest that a report is printed. @unit columns */
const widest = 120;

/** `dgt inspect`: what is in a dataset, or where one of its rows comes from. */
export async function inspect(flags: InspectFlags, session: CommandSession): Promise<number> {
  const { context, style } = session;
  const path = resolve(context.workingFolder, flags.path);
  const target = readTarget(flags);
  if (target === undefined) {
    const tasks = await inspectDatasets(path);
    if (session.json) session.printJson({ tasks, exit_code: 0 });
    else session.print(tasks.map((task) => formatOverview(task, { style, ...context }).join('\n')).join('\n\n'));
    return 0;
  }
  const row = await showRow(path, target, flags, session);
  if (session.json) session.printJson({ ...row, exit_code: 0 });
  else {
    const width = Math.min(widest, context.stdout.columns ?? widest);
    session.print(formatInspection(row, { style, width, full: flags.full === true }).join('\n'));
  }
  return 0;
}

function showRow(
  path: string,
  target: InspectTarget,
  flags: InspectFlags,
  session: CommandSession,
): Promise<RowInspection> {
  return inspectRow({ path, target, taskPath: flags.taskPath, ...readProjectOptions(flags, session) });
}

/** @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_OPTIONS_CONFLICT */
function readTarget({ row, rejected, error }: InspectFlags): InspectTarget | undefined {
  const asked = [
    { kind: 'row', option: 'ROW', text: row },
    { kind: 'rejected', option: '--rejected', text: rejected },
    { kind: 'error', option: '--error', text: error },
  ] as const;
  const [first, second] = asked.filter(({ text }) => text !== undefined);
  if (first === undefined) return undefined;
  if (second !== undefined)
    throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: `${first.option} and ${second.option}` });
  const number = readWholeNumber(first.text ?? '', first.option);
  if (number < 1)
    throw new ConfigError('DGT_OPTION_INVALID', { option: first.option, expected: 'at least 1', value: number });
  return { kind: first.kind, number };
}
