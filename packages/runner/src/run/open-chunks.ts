import { ConfigError } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import { ChunkedOutput } from '../output/chunked-output.js';
import { postprocessorsOf } from '../shards/shard-plan.js';
import type { TaskPlan } from './task-plan.js';

/**
 * The output of a task in chunks, where it is asked for.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID where no row is final before the last is made.
 */
export function openChunks(plan: TaskPlan, ledger: Ledger): ChunkedOutput | undefined {
  const { openChunk } = plan.sinks;
  if (plan.kind === 'generation' || openChunk === undefined) return undefined;
  const late = postprocessorsOf(plan).find(({ scope }) => scope === 'all');
  if (late !== undefined) {
    const why = `records_per_chunk of task "${plan.task.name}": the postprocessor "${late.name}" needs to see all rows`;
    const problems = `${why}, so that no file could be final before the last row; leave one of the two out`;
    throw new ConfigError('DGT_CONFIG_INVALID', { problems });
  }
  const { folder } = plan.files;
  const size = Math.max(1, Math.ceil((plan.settings.recordsPerChunk ?? 1) / plan.units.size));
  return new ChunkedOutput({ ledger, folder, size, openChunk: (index) => openChunk(index, folder) });
}
