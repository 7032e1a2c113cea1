import { Lane, type Json } from '@dgt/core';
import type { AttemptEnvironment } from './attempt.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { Stages } from './stages.js';
import type { TaskRunOptions } from './task-run-options.js';

/** Opens the postprocessors that look at rows along the way, and teaches them the seeds; their calls are recorded too. */
export async function openStages(
  { ledger, postprocessors, outputDir }: Pick<TaskRunOptions, 'ledger' | 'postprocessors' | 'outputDir'>,
  { task, seeds, randomName, signal, log, recorderHost }: Omit<AttemptEnvironment, 'stages'>,
): Promise<Stages> {
  const recorder = new AttemptRecorder({ owner: 0, age: 0 }, recorderHost);
  const lane = new Lane('gates', { recorder, randomName, signal, log });
  const alongTheWay = postprocessors.filter(({ scope }) => scope !== 'all');
  const stages = await Stages.open(alongTheWay, {
    firstAttempt: ledger.lastAttempt + 1,
    task: { name: task.name, outputDir },
    pinned: ledger.getMeta<Record<string, Json>>('gates'),
    lane: lane.at(0),
  });
  await stages.rememberSeeds(seeds, lane.at(1));
  if (Object.keys(stages.pins).length > 0) await ledger.setMeta('gates', stages.pins);
  return stages;
}
