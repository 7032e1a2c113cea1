import { Lane, type Json, type Log, type TryRecord } from '@dgt/core';
import type { Activity } from '../engine/activity.js';
import type { AttemptEnvironment } from '../engine/attempt.js';
import { AttemptRecorder, type RecorderHost } from '../engine/attempt-recorder.js';
import { Stages, type StageVerdict } from '../engine/stages.js';
import type { StoredOutcome } from '../ledger/outcome.js';
import type { TaskPlan } from '../run/task-plan.js';
import { untilOver } from './until-over.js';

/** What a {@link Bench} is made from. */
export interface BenchOptions {
  readonly plan: TaskPlan;
  readonly seeds: readonly object[];
  /** Names the random streams and the calls: the task and its random seed. */
  readonly randomName: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly gate: RecorderHost['gate'];
  readonly activity: Activity;
  readonly onQuiet: () => boolean;
  /** The first attempt that is made here. */
  readonly firstAttempt: number;
  /** What became of the candidates of all attempts before. */
  readonly earlier?: Iterable<StoredOutcome>;
  readonly pinned?: Readonly<Record<string, Json>> | undefined;
  readonly onFatal?: (error: Error) => void;
  readonly onTry?: (owner: number, label: string, record: TryRecord) => void;
}

/** Where single attempts are made and looked at, with nothing written anywhere. */
export interface Bench {
  readonly environment: AttemptEnvironment;
  /** What each stage said of each row, as it is said. */
  readonly verdicts: readonly StageVerdict[];
}

/** Undefined when the postprocessors cannot be opened without calls that the gate does not let pass. */
export async function openBench(options: BenchOptions): Promise<Bench | undefined> {
  const { plan, seeds, randomName, log, signal, gate, onFatal = () => {}, onTry = () => {} } = options;
  const { task, builder, settings } = plan;
  const recorderHost: RecorderHost = {
    gate,
    datasetName: randomName,
    recordRequests: false,
    stopping: signal,
    ledger: {
      // Every call comes to the gate, also one that was answered before.
      answersOf: () => [],
      recordAnswer: () => Promise.resolve(),
      recordTry: (owner, label, record) => Promise.resolve(onTry(owner, label, record)),
    },
    now: () => 0,
    onFatal,
    onTry: () => {},
  };
  const verdicts: StageVerdict[] = [];
  const recorder = new AttemptRecorder({ owner: 0, age: 0 }, recorderHost);
  const lane = new Lane('gates', { recorder, randomName, signal, log });
  const open = async (): Promise<Stages> => {
    const stages = await Stages.open(
      builder.postprocessors.filter(({ scope }) => scope !== 'all'),
      {
        firstAttempt: options.firstAttempt,
        task: { name: task.name, outputDir: settings.outputDir },
        pinned: options.pinned,
        lane: lane.at(0),
        onVerdict: (verdict) => verdicts.push(verdict),
      },
    );
    await stages.rememberSeeds(seeds, lane.at(1));
    for (const outcome of options.earlier ?? []) stages.rememberOutcome(outcome);
    return stages;
  };
  const stages = await untilOver(open(), options);
  if (stages === undefined) return undefined;
  return { environment: { task, builder, stages, seeds, randomName, log, signal, recorderHost }, verdicts };
}
