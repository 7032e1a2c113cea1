import { LMProvider, type Json } from '@dgt/core';
import { Activity } from '../engine/activity.js';
import type { Work } from '../engine/attempt.js';
import { instantiateSeeds } from '../generation/examples.js';
import { describeChanges } from '../ledger/definition.js';
import type { Ledger } from '../ledger/ledger.js';
import type { StoredOutcome } from '../ledger/outcome.js';
import { describeException } from '../run/describe-exception.js';
import { blocksOf } from '../run/make-builders.js';
import { makeWorkload } from '../run/make-workload.js';
import { hasChoice, OpenProject, type OpenProjectOptions } from '../run/open-project.js';
import { pinnedDefinition } from '../run/open-task.js';
import { defineTask, type Sizes } from '../run/task-definition.js';
import type { ReadyBuilder, TaskPlan, TransformationPlan } from '../run/task-plan.js';
import { nameUnit, readUnits } from '../transformation/input-unit.js';
import { TransformationWorkload } from '../transformation/transformation-workload.js';
import type { AttemptTrace } from './attempt-trace.js';
import { openBench } from './bench.js';
import { CallLog } from './call-log.js';
import { RecordedGate } from './recorded-gate.js';
import { traceAttempt } from './trace-attempt.js';

/** What {@link replayAttempt} takes. */
export interface ReplayOptions extends OpenProjectOptions {
  readonly ledger: Ledger;
  readonly taskName: string;
}

/** An attempt that was made again, and what to know about it. */
export interface ReplayedAttempt {
  readonly trace: AttemptTrace | undefined;
  readonly notes: readonly string[];
}

/** Makes a committed attempt again of its recorded answers alone. */
export async function replayAttempt(number: number, options: ReplayOptions): Promise<ReplayedAttempt> {
  const { ledger, taskName } = options;
  await using project = new OpenProject(options);
  const plans = await project.load();
  const plan = plans.find(({ task }) => task.name === taskName);
  if (plan === undefined) {
    const names = plans.map(({ task }) => task.name).join(', ');
    return { trace: undefined, notes: [`the task file is of another task (${names}), so prompts are not known`] };
  }
  const notes = await prepare(plan.builder, ledger);
  const sizes = ledger.getMeta<Sizes>('sizes');
  const recorded = ledger.getMeta<{ random_seed?: number }>('definition');
  notes.push(...listChanges(recorded, plan, sizes));
  const randomName = `${taskName}/${recorded?.random_seed ?? plan.settings.randomSeed}`;
  const work = await findWork(number, plan, { ledger, sizes, randomName });
  if (typeof work === 'string') return { trace: undefined, notes: [...notes, work] };
  const trace = await run(number, work, { plan, ledger, randomName, log: project.services.log });
  if (trace === undefined)
    notes.push('postprocessors need answers that are not recorded, so the attempt was not made again');
  return { trace, notes };
}

/** Lets blocks choose what they were; a server is only asked for where a choice between it and a fallback was made. */
async function prepare(builder: ReadyBuilder, ledger: Ledger): Promise<string[]> {
  const notes: string[] = [];
  const { signal } = new AbortController();
  for (const block of blocksOf(builder)) {
    if (block instanceof LMProvider && !hasChoice(block)) continue;
    await block
      .prepare({ pinned: pinnedDefinition(ledger, block.name), signal, seeds: [] })
      .catch((error: Error) => notes.push(`${block.name} could not be made ready: ${error.message}`));
  }
  return notes;
}

function listChanges(recorded: Json | undefined, plan: TaskPlan, sizes: Sizes | undefined): string[] {
  if (recorded === undefined) return [];
  // The randomness of the dataset is used, whatever the files say.
  const { random_seed: _seed, ...before } = recorded as { [part: string]: Json };
  const { random_seed: _other, ...after } = defineTask(plan, sizes);
  const changes = describeChanges(before, after);
  if (changes.length === 0) return [];
  return [`changed since the row was made, so that prompts may be others: ${changes.join('; ')}`];
}

/** What the attempt was to do; in words why that is not known. */
async function findWork(
  number: number,
  plan: TaskPlan,
  { ledger, sizes, randomName }: { ledger: Ledger; sizes: Sizes | undefined; randomName: string },
): Promise<Work | string> {
  const { signal } = new AbortController();
  if (plan.kind === 'transformation') return findUnit(number, plan, ledger);
  const seeds = instantiateSeeds(plan.task, plan.seeds);
  const opened = { sizes, replays: false, changedAfter: ledger.lastAttempt };
  const workload = await makeWorkload(plan, { ledger, opened, seeds, randomName, signal });
  return (await workload.take(number)) ?? 'the attempt was not begun';
}

async function findUnit(number: number, plan: TransformationPlan, ledger: Ledger): Promise<Work | string> {
  const { input, units, task, inBatches } = plan;
  const recorded = ledger.inputs.of(number);
  const rows = input.read({ skip: (number - 1) * units.size });
  const found = await readUnits(rows, units, number).next();
  const gone = `the input has changed since: it no longer has at place ${number} what this was made of`;
  if (recorded === undefined || found.done === true || !found.value.content.equals(recorded.content)) return gone;
  const unit = found.value;
  const key = nameUnit(unit, () => ledger.inputs.countContent(unit.content, { upToAttempt: number - 1 }));
  const adopted = ledger.inputs.adopted(key);
  const named = { ...unit, key, number: recorded.number, adopted: adopted as never };
  const feed = { next: () => Promise.resolve(named) };
  const workload = new TransformationWorkload({ task, feed, inBatches, window: 1, total: undefined, maxErrorRate: 1 });
  return (await workload.take()) ?? gone;
}

async function run(
  number: number,
  work: Work,
  {
    plan,
    ledger,
    randomName,
    log,
  }: { plan: TaskPlan; ledger: Ledger; randomName: string } & {
    log: OpenProject['services']['log'];
  },
): Promise<AttemptTrace | undefined> {
  const calls = new CallLog();
  const gate = new RecordedGate(ledger, calls);
  const activity = new Activity();
  const onQuiet = () => !gate.isMissing;
  const over = new AbortController();
  try {
    const bench = await openBench({
      plan,
      seeds: plan.kind === 'generation' ? instantiateSeeds(plan.task, plan.seeds) : [],
      randomName,
      log,
      signal: over.signal,
      gate,
      activity,
      onQuiet,
      firstAttempt: number,
      earlier: outcomesBefore(number, ledger),
      pinned: ledger.getMeta('gates'),
    });
    if (bench === undefined) return undefined;
    const { trace } = await traceAttempt(number, work, {
      ...bench,
      calls,
      activity,
      onQuiet,
      findRow: (attempt, position) => ledger.rowAt(attempt, position),
      describeException: (error) => describeException(error, number, plan),
    });
    return trace;
  } finally {
    over.abort(new Error('nothing more is looked at'));
  }
}

function* outcomesBefore(number: number, ledger: Ledger): Generator<StoredOutcome> {
  for (const outcome of ledger.outcomes()) {
    if (outcome.attempt >= number) return;
    yield outcome;
  }
}
