import { setTimeout } from 'node:timers/promises';
import { ConfigError } from '@dgt/core';
import type { EndpointProbe, ProbeMode } from '@dgt/llm';
import { readDuration } from '@dgt/runner';
import { ChangeNotifier, postMessage } from '../checking/change-notifier.js';
import { findModels } from '../checking/find-models.js';
import { watch } from '../checking/watch.js';
import type { CommandSession } from '../command-session.js';
import { describeProbe, formatProbes } from '../printing/probe-report.js';
import { Interruptions } from '../running/interruptions.js';
import { readTime } from '../running/run-request.js';
import type { LMCheckFlags } from './lm-flags.js';

// setTimeout fires at once for anything above.
const longestTimerMs = 2 ** 31 - 1;

/** `dgt lm check`: asks models whether they answer, once or again and again. */
export async function lmCheck(flags: LMCheckFlags, session: CommandSession): Promise<number> {
  const everyMs = flags.every === undefined ? undefined : readDuration(readTime(flags.every, '--every'));
  const notifier = flags.webhook === undefined ? undefined : createNotifier(flags.webhook, session);
  const models = await findModels(flags, session);
  const modes: readonly ProbeMode[] = flags.mode === 'all' ? ['non-stream', 'stream'] : [flags.mode];
  const interruptions = new Interruptions(session.context, (message) => session.say(message));
  try {
    const { stop, abort: signal } = interruptions;
    const probes = await watch({
      check: async () => (await Promise.all(models.map((model) => model.probe({ modes, signal })))).flat(),
      report: async (found) => {
        const time = session.context.now();
        print(found, { session, time: everyMs === undefined ? undefined : time });
        await notifier?.tell(found, time);
      },
      everyMs,
      stop,
      sleep: (ms, stopped) => setTimeout(Math.min(ms, longestTimerMs), undefined, { signal: stopped }),
    });
    return interruptions.exitCode ?? chooseCode(probes);
  } catch (error) {
    if (interruptions.abort.aborted && interruptions.exitCode !== undefined) return interruptions.exitCode;
    throw error;
  } finally {
    interruptions.dispose();
    await Promise.all(models.map((model) => model.close()));
  }
}

function createNotifier(url: string, session: CommandSession): ChangeNotifier {
  session.secrets.keep(url);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    const expected = 'an address such as https://example.org/hook';
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--webhook', expected, value: 'something else' });
  }
  return new ChangeNotifier({
    post: (message) => postMessage(url, session.secrets.redactDeep(message)),
    say: (text) => session.say(text),
  });
}

function print(
  probes: readonly EndpointProbe[],
  { session, time }: { session: CommandSession; time: number | undefined },
): void {
  const at = time === undefined ? undefined : new Date(time).toISOString();
  if (session.json) {
    session.printJson({
      ...(at !== undefined && { time: at }),
      models: probes.map(describeProbe),
      exit_code: chooseCode(probes),
    });
    return;
  }
  if (at !== undefined) session.print(session.style('strong', at));
  for (const line of formatProbes(probes, session.style)) session.print(line);
}

function chooseCode(probes: readonly EndpointProbe[]): number {
  return probes.some(({ state }) => state === 'down') ? 1 : 0;
}
