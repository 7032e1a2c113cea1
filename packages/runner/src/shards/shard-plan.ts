import { ConfigError, type AnyBlock } from '@dgt/core';
import { join } from 'node:path';
import { divideLimits } from '../budget/run-limits.js';
import { locateOutput, type OutputFiles } from '../output/output-files.js';
import type { Sink } from '../output/sink.js';
import type { TaskPlan, TransformationPlan } from '../run/task-plan.js';
import { Shard, type ShardName } from './shard.js';

/** The folder, in that of a task, that holds those of its parts. */
export const shardsFolder = 'shards';

/** The plan of a task of which one part is worked on: in a folder of its own, with its part of the budget. */
export function toShardPlan(plan: TaskPlan, name: ShardName): TransformationPlan {
  if (plan.kind === 'generation') throw new ConfigError('DGT_SHARD_GENERATION', { task: plan.task.name });
  const { settings, units, files } = plan;
  const shard = new Shard(name, { unitSize: units.size, chunkRows: settings.recordsPerChunk });
  const own = locateShard(files, name);
  // What postprocessors at the merge may drop is not final.
  const openWhole = leavesStages(plan) ? undefined : plan.sinks.openChunk;
  const openChunk =
    openWhole && ((index: number, folder: string) => openWhole(index * name.of + name.number - 1, folder));
  return {
    ...plan,
    files: own,
    settings: { ...settings, limits: divideLimits(settings.limits, name.of) },
    units: { ...units, shard },
    sinks: { final: createPartSink(own), formatted: undefined, openChunk },
  };
}

/** The files of one part of a task. */
export function locateShard(files: OutputFiles, { number, of }: ShardName): OutputFiles {
  return locateOutput(files.folder, join(shardsFolder, `${number}-of-${of}`));
}

/**
 * The postprocessors that run with a plan: of a part only the first ones that look at single rows, since all others need
 * to know of the rows of other parts, or what became of them.
 */
export function postprocessorsOf(plan: TaskPlan): readonly AnyBlock[] {
  const { postprocessors } = plan.builder;
  if (plan.kind !== 'transformation' || plan.units.shard === undefined) return postprocessors;
  const first = postprocessors.findIndex(({ scope }) => scope !== 'row');
  return first < 0 ? postprocessors : postprocessors.slice(0, first);
}

/** Whether a merge has postprocessors to run, for which it runs the builder again on recorded answers. */
export function leavesStages({ builder }: TaskPlan): boolean {
  return builder.postprocessors.some(({ scope }) => scope !== 'row');
}

/** The rows of a part are in its ledger, for the merge, and in data.jsonl, for people. */
function createPartSink({ data }: OutputFiles): Sink {
  return { name: 'final_data', definition: 'part', file: data, write: () => Promise.resolve([data]) };
}
