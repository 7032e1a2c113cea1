import { createBatchInput } from '@dgt/compat/openai-batch';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import type { BatchCreateFlags } from './batch-flags.js';

/** `dgt batch create`: writes the requests that a batch is made of. */
export async function batchCreate(flags: BatchCreateFlags, session: CommandSession): Promise<number> {
  const { inputFile: input, outputFile: output, modelName: model } = flags;
  const { workingFolder, environment } = session.context;
  const { requests, files, leftOver } = await createBatchInput({ input, output, model, workingFolder, environment });
  if (session.json) session.printJson({ requests, files, left_over: leftOver, exit_code: 0 });
  else session.print(`wrote ${formatNumberOf(requests, 'request')} to ${files.join(', ')}`);
  for (const file of leftOver) session.say(`${file} is from an earlier call: remove it before a pattern takes it too`);
  return 0;
}
