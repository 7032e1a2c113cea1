import { resolve } from 'node:path';
import { readStatus, type TaskState, type TaskStatus } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { toOneLine } from '../printing/plain-text.js';
import { formatCount, formatDuration, formatNumberOf } from '../printing/quantities.js';
import type { Meaning, Style } from '../printing/style.js';
import { formatTable } from '../printing/table.js';
import type { StatusFlags } from '../program.js';

/** `dgt status`: how it stands with the tasks of an output folder. */
export async function status({ path }: StatusFlags, session: CommandSession): Promise<number> {
  const { context, style } = session;
  const { workingFolder, now } = context;
  const tasks = await readStatus(resolve(workingFolder, path));
  if (session.json) {
    session.printJson({ tasks, exit_code: 0 });
    return 0;
  }
  for (const line of formatTable(tasks.map((task) => formatStatus(task, now(), style)))) session.print(line);
  return 0;
}

function formatStatus(task: TaskStatus, now: number, style: Style): string[] {
  const { task_name: name, status: state, rows, num_outputs_to_generate: quota, last_activity: last, message } = task;
  const counted = quota === undefined ? formatNumberOf(rows, 'row') : `${formatCount(rows)}/${formatCount(quota)} rows`;
  const seconds = last === undefined ? undefined : (now - Date.parse(last)) / 1000;
  return [
    toOneLine(name, 100),
    style(meaningOf(state), state.replaceAll('_', ' ')),
    counted,
    seconds === undefined ? '' : `${formatDuration(seconds)} ago`,
    // That it is complete has been said.
    state === 'complete' ? '' : toOneLine(message, 200),
  ];
}

function meaningOf(state: TaskState): Meaning {
  if (state === 'complete' || state === 'running') return 'good';
  return state === 'failed' || state === 'endpoint_down' ? 'bad' : 'caution';
}
