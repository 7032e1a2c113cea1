import { Examples } from '../generation/examples.js';
import { GenerationWorkload } from '../generation/generation-workload.js';
import type { readMadeRows } from '../engine/made-rows.js';
import type { Workload } from '../engine/workload.js';
import type { Ledger } from '../ledger/ledger.js';
import { InputFeed } from '../transformation/input-feed.js';
import { TransformationWorkload } from '../transformation/transformation-workload.js';
import type { OpenedTask } from './open-task.js';
import { findCallLimit } from './task-definition.js';
import type { GenerationPlan, TaskPlan, TransformationPlan } from './task-plan.js';

/** Inputs per slot of a model that may be under way before the oldest must be committed. */
const inputsPerSlot = 16;

/** What a {@link makeWorkload} works with beside the plan. */
export interface WorkloadOptions {
  readonly ledger: Ledger;
  readonly opened: OpenedTask;
  readonly seeds: readonly object[];
  readonly randomName: string;
  readonly signal: AbortSignal;
  /** Reads what a generating builder gives; all of it by default. */
  readonly readRows?: typeof readMadeRows;
}

/** The work of a task of either kind. */
export async function makeWorkload(plan: TaskPlan, options: WorkloadOptions): Promise<Workload> {
  return plan.kind === 'generation' ? generate(plan, options) : transform(plan, options);
}

function generate(
  { task, settings }: GenerationPlan,
  { ledger, opened, seeds, randomName, readRows }: WorkloadOptions,
): GenerationWorkload {
  const { sizes, changedAfter } = opened;
  if (sizes === undefined) throw new Error('a generation task has sizes');
  const examples = new Examples({
    task,
    seeds,
    ledger,
    seedBatchSize: sizes.seed_batch_size,
    machineBatchSize: sizes.machine_batch_size,
    randomName,
  });
  return new GenerationWorkload({
    task,
    ledger,
    examples,
    quota: settings.numOutputsToGenerate,
    lookahead: sizes.lookahead,
    maxAttempts: settings.maxAttempts ?? Number.POSITIVE_INFINITY,
    stallLimits: settings,
    stallsAfter: changedAfter,
    ...(readRows !== undefined && { readRows }),
  });
}

async function transform(
  { task, settings, builder, input, units, inBatches }: TransformationPlan,
  { ledger, signal }: WorkloadOptions,
): Promise<TransformationWorkload> {
  const rowCount = await input.count();
  const unitCount = rowCount === undefined ? undefined : Math.ceil(rowCount / units.size);
  return new TransformationWorkload({
    task,
    feed: new InputFeed(input, ledger, units, signal),
    inBatches,
    window: Math.max(2, Math.ceil((inputsPerSlot * findCallLimit(builder)) / units.size)),
    total: unitCount === undefined ? undefined : (units.shard?.count(unitCount) ?? unitCount),
    maxErrorRate: settings.maxErrorRate,
  });
}
