import { ConfigError } from '@dgt/core';
import { describeNotices, translateInfer, writeDataTroveStats } from '@dgt/compat/infer';
import { parseShard } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { toPlainText } from '../printing/plain-text.js';
import { runTranslation } from '../running/run-translation.js';
import type { InferFlags } from './infer-flags.js';

/** `dgt infer`: does what DataTrove's `generate_data.py` does, by its flags. */
export async function infer({ given, ...flags }: InferFlags, session: CommandSession): Promise<number> {
  const { context } = session;
  const translation = translateInfer(given, context);
  const { tasks } = translation.settings;
  if (flags.shard !== undefined && given.tasks !== undefined) checkShard(flags.shard, tasks);
  if (flags.quiet !== true) {
    for (const notice of describeNotices(translation, { given, shard: flags.shard })) session.say(toPlainText(notice));
  }
  const exitCode = await runTranslation(translation, flags, session);
  if (flags.shard === undefined) await writeDataTroveStats(translation, context);
  return exitCode;
}

/** @throws {@link ConfigError} DGT_OPTION_INVALID for a part of another plan. */
function checkShard(text: string, tasks: number): void {
  if (parseShard(text).of === tasks) return;
  const expected = `a part of the ${tasks} of --tasks, such as 1/${tasks}`;
  throw new ConfigError('DGT_OPTION_INVALID', { option: '--shard', expected, value: JSON.stringify(text) });
}
