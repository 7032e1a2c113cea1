import type { Json } from '@dgt/core';
import { chooseLookahead } from '../generation/lookahead.js';
import type { Definition } from '../ledger/definition.js';
import { hashRequest } from '../ledger/request-hash.js';
import { postprocessorsOf } from '../shards/shard-plan.js';
import type { GenerationPlan, ReadyBuilder, TaskPlan, TransformationPlan } from './task-plan.js';

/** Model calls at once that are assumed where no block says. */
const defaultCallLimit = 10;

/** Sizes that are chosen when a dataset is begun and kept for its life, whatever its quota grows to. */
export type Sizes = {
  readonly seed_batch_size: number;
  readonly machine_batch_size: number;
  readonly lookahead: number;
};

/** The sizes of a generated dataset: as it was begun with, where the user does not say otherwise. */
export function chooseSizes({ settings, seeds, builder }: GenerationPlan, earlier: Sizes | undefined): Sizes {
  const quota = settings.numOutputsToGenerate;
  const seedBatchSize = settings.seedBatchSize ?? earlier?.seed_batch_size ?? Math.max(1, Math.min(100, quota));
  const machineBatchSize = settings.machineBatchSize;
  const lookahead = chooseLookahead({
    quota,
    rowsPerAttempt: Math.min(seedBatchSize, seeds.length) + machineBatchSize,
    callLimit: findCallLimit(builder),
  });
  return {
    seed_batch_size: seedBatchSize,
    machine_batch_size: machineBatchSize,
    lookahead: earlier?.lookahead ?? lookahead,
  };
}

/** The most model calls that a builder can have under way at once. */
export function findCallLimit({ blocks, postprocessors }: ReadyBuilder): number {
  const limits = [...blocks.values(), ...postprocessors].flatMap(({ callLimit }) => callLimit ?? []);
  return Math.max(defaultCallLimit, ...limits);
}

/** What defines the rows of a task; see {@link Definition}. Addresses, keys, limits and the quota are not part of it. */
export function defineTask(plan: TaskPlan, sizes: Sizes | undefined): Definition {
  const { task, settings, builder } = plan;
  const definitions = (blocks: Iterable<{ name: string; definition: Json }>) =>
    Object.fromEntries([...blocks].map((block) => [block.name, block.definition]));
  return {
    data_builder: builder.name,
    ...(plan.kind === 'generation' ? defineGeneration(plan, sizes) : defineTransformation(plan)),
    random_seed: settings.randomSeed,
    task_description: task.description,
    task_fields: task.fields as Json,
    builder_options: builder.options as Json,
    blocks: definitions(builder.blocks.values()),
    // An object cannot tell the order in which stages run.
    postprocessors: postprocessorsOf(plan).map(({ name, definition }) => ({ name, definition })),
    files: builder.digest,
  };
}

function defineGeneration({ seeds }: GenerationPlan, sizes: Sizes | undefined): Definition {
  return { seed_examples: hashRequest(seeds as readonly Json[]).toString('hex'), ...sizes };
}

/** The input is not part of it: what is made of each row depends on that row, and rows may come and go. */
function defineTransformation({ units }: TransformationPlan): Definition {
  return { unique_key: units.uniqueKey, transform_batch_size: units.size };
}
