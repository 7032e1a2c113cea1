import { ConfigError } from '@dgt/core';
import { createBatchInput, createTaskBatch, type TaskBatchReport } from '@dgt/compat/openai-batch';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import { withOpenTasks } from '../running/with-open-tasks.js';
import type { BatchCreateFlags } from './batch-flags.js';

/** Rows that end as errors of which each is named; of the others there is a count. */
const namedFailures = 3;

/** `dgt batch create`: writes the requests that a batch is made of. */
export async function batchCreate(flags: BatchCreateFlags, session: CommandSession): Promise<number> {
  const isTask = flags.taskPaths.length > 0 || flags.configPath !== undefined;
  return isTask ? createOfTasks(flags, session) : createOfPrompts(flags, session);
}

async function createOfPrompts(flags: BatchCreateFlags, session: CommandSession): Promise<number> {
  const { inputFile: input, outputFile: output, modelName: model } = flags;
  if (input === undefined || model === undefined) {
    const options = input === undefined ? '--input_file and --model_name, or --task-path' : '--model_name';
    throw new ConfigError('DGT_OPTIONS_MISSING', { command: 'dgt batch create', options });
  }
  if (flags.lm !== undefined)
    throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: '--input_file and --lm, which is of --task-path,' });
  const { workingFolder, environment } = session.context;
  const report = await createBatchInput({ input, output, model, workingFolder, environment });
  return tell(report, {}, session);
}

/** The calls that tasks make first. A row that ends as an error has none, as in a run: the code is that of a run with errors. */
async function createOfTasks(flags: BatchCreateFlags, session: CommandSession): Promise<number> {
  const { inputFile, modelName, outputFile: output } = flags;
  const foreign = inputFile !== undefined ? '--input_file' : modelName !== undefined ? '--model_name' : undefined;
  if (foreign !== undefined) throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: `--task-path and ${foreign}` });
  let failed = 0;
  const onFailedRow = (task: string, place: number, reason: string) => {
    if (++failed <= namedFailures) session.say(`${task}: row ${place} ends as an error: ${reason}`);
  };
  return withOpenTasks(flags, session, async (options) => {
    const report = await createTaskBatch({ ...options, output, onFailedRow });
    if (failed > namedFailures) session.say(`${formatNumberOf(failed, 'row')} in all end as errors`);
    return tell(report, { failed }, session);
  });
}

function tell(report: TaskBatchReport, more: { readonly failed?: number }, session: CommandSession): number {
  const { requests, files, leftOver } = report;
  const code = more.failed ? 2 : 0;
  if (session.json) session.printJson({ requests, files, left_over: leftOver, ...more, exit_code: code });
  else if (requests > 0) session.print(`wrote ${formatNumberOf(requests, 'request')} to ${files.join(', ')}`);
  else session.print('no call is open, so that there is nothing to write: `dgt run` goes on with the dataset');
  for (const file of leftOver) session.say(`${file} is from an earlier call: remove it before a pattern takes it too`);
  return code;
}
