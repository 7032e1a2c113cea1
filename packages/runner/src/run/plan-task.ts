import { ConfigError, GenerationTask, type Json, type StoreServices, type TransformationTask } from '@dgt/core';
import { relative } from 'node:path';
import type { PlannedTask } from '../config/planned.js';
import { locateOutput } from '../output/output-files.js';
import { PeekedInput } from '../transformation/peeked-input.js';
import { openSinks } from './open-sinks.js';
import { openInput, readSeeds } from './open-stores.js';
import type { ReadyBuilder, TaskPlan } from './task-plan.js';

/**
 * Makes a task ready to run: its object, its seeds or input, where its rows go.
 *
 * @throws {@link ConfigError} DGT_SEEDS_MISSING, DGT_INPUT_MISSING
 */
export async function planTask(
  planned: PlannedTask,
  builders: ReadonlyMap<string, ReadyBuilder>,
  services: StoreServices,
): Promise<TaskPlan> {
  const { settings, uniqueKey, spec, name, file, storeName } = planned;
  const { class: builderClass } = planned.builder;
  const task = new builderClass.task(spec as never);
  const files = locateOutput(settings.outputDir, storeName ?? name);
  const common = {
    taskFile: relative(services.baseFolder, file),
    settings,
    builder: builders.get(planned.builder.name) as ReadyBuilder,
    files,
    sinks: openSinks(planned, files, services),
    source: planned.source as Json,
  };
  if (task instanceof GenerationTask) {
    const seeds = await readSeeds(planned, task, services);
    if (seeds.length === 0) throw new ConfigError('DGT_SEEDS_MISSING', { task: name, file });
    return { kind: 'generation', task, seeds, ...common };
  }
  const input = openInput(planned, task, services);
  if (input === undefined) throw new ConfigError('DGT_INPUT_MISSING', { task: name, file });
  const inBatches = typeof (builderClass.prototype as { transformBatch?: unknown }).transformBatch === 'function';
  const units = { size: inBatches ? settings.transformBatchSize : 1, uniqueKey };
  return {
    kind: 'transformation',
    task: task as TransformationTask,
    input: new PeekedInput(input),
    units,
    inBatches,
    ...common,
  };
}
