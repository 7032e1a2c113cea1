import { ConfigError, systemClock } from '@dgt/core';
import { describeNotices, describeOmissions, translateInfer, writeDataTroveStats } from '@dgt/compat/infer';
import { parseShard, type Environment } from '@dgt/runner';
import { findHubAccount } from '@dgt/stores/hub';
import type { CommandSession } from '../command-session.js';
import { toPlainText } from '../printing/plain-text.js';
import { readEnvironment } from '../running/read-environment.js';
import { runTranslation } from '../running/run-translation.js';
import type { InferFlags } from './infer-flags.js';

/** `dgt infer`: does what DataTrove's `generate_data.py` does, by its flags. */
export async function infer({ given, ...flags }: InferFlags, session: CommandSession): Promise<number> {
  const { context } = session;
  const environment = await readEnvironment(session);
  const hubAccount = wantsHub(given) ? await findAccount(environment, session) : undefined;
  const { workingFolder } = context;
  const translation = translateInfer(given, { workingFolder, environment, hubAccount });
  const { tasks } = translation.settings;
  if (flags.shard !== undefined && given.tasks !== undefined) checkShard(flags.shard, tasks);
  const notices = flags.quiet
    ? describeOmissions(translation)
    : describeNotices(translation, { given, shard: flags.shard });
  for (const notice of notices) session.say(toPlainText(notice));
  const exitCode = await runTranslation(translation, flags, session);
  if (flags.shard === undefined) await writeDataTroveStats(translation, context);
  return exitCode;
}

function wantsHub({ outputDatasetName, benchmarkMode }: InferFlags['given']): boolean {
  return outputDatasetName !== undefined && benchmarkMode !== true;
}

/** Asked before anything is paid for: what is made of a wrong token is known then. */
function findAccount(environment: Environment, { secrets }: CommandSession): Promise<string | undefined> {
  return findHubAccount({ environment, clock: systemClock, keepSecret: (secret) => secrets.keep(secret) });
}

/** @throws {@link ConfigError} DGT_OPTION_INVALID for a part of another plan. */
function checkShard(text: string, tasks: number): void {
  if (parseShard(text).of === tasks) return;
  const expected = `a part of the ${tasks} of --tasks, such as 1/${tasks}`;
  throw new ConfigError('DGT_OPTION_INVALID', { option: '--shard', expected, value: JSON.stringify(text) });
}
