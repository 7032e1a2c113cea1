import { ConfigError, PluginError, type AnyBlock, type BlockServices, type Json } from '@dgt/core';
import type { PlannedBlock, PlannedBuilder } from '../config/planned.js';
import { digestBuilder } from '../loader/builder-digest.js';
import { digestBlocks } from '../loader/digest-blocks.js';
import { describeThrown } from './describe-exception.js';
import type { RunServices } from './run-services.js';
import type { ReadyBuilder } from './task-plan.js';

/** Makes the blocks of a builder, once for all of its tasks, and runs its `setup`. */
export async function makeBuilder(
  planned: PlannedBuilder,
  { services: run, taskFiles }: { services: RunServices; taskFiles: readonly string[] },
): Promise<ReadyBuilder> {
  const services = run.in(planned.folder);
  const blocks = new Map(planned.blocks.map((entry) => [entry.name, makeBlock(entry, services)]));
  const declared = new Map(planned.blocks.map((entry) => [entry.name, entry]));
  const postprocessors = planned.postprocessors.map((entry) => {
    const block = blocks.get(entry.name);
    const same = JSON.stringify(declared.get(entry.name)?.config) === JSON.stringify(entry.config);
    return same && block !== undefined ? block : makeBlock(entry, services);
  });
  checkOrder(postprocessors);
  return {
    name: planned.name,
    folder: planned.folder,
    class: planned.class,
    blocks,
    postprocessors,
    options: planned.options,
    shared: await setUp(planned),
    digest: {
      ...(await digestBuilder(planned.folder, { leaveOut: [planned.file, ...taskFiles] })),
      ...(await digestBlocks([...planned.blocks, ...planned.postprocessors], planned.folder)),
    },
    source: planned.source as Json,
  };
}

/** What needs every row runs after all that does not. */
function checkOrder(postprocessors: readonly AnyBlock[]): void {
  const first = postprocessors.findIndex(({ scope }) => scope === 'all');
  const late = first < 0 ? undefined : postprocessors.slice(first).find(({ scope }) => scope !== 'all');
  if (late === undefined) return;
  throw new ConfigError('DGT_SCOPE_ORDER', { block: late.name, before: postprocessors[first]?.name });
}

/** Every block of a builder once. */
export function blocksOf({ blocks, postprocessors }: ReadyBuilder): Set<AnyBlock> {
  return new Set([...blocks.values(), ...postprocessors]);
}

function makeBlock({ class: blockClass, config }: PlannedBlock, services: BlockServices): AnyBlock {
  return new blockClass(config as never, services);
}

/** Makes what all attempts share; it cannot be changed by one of them. */
async function setUp({ class: builderClass, name, folder }: PlannedBuilder): Promise<unknown> {
  let shared: unknown;
  try {
    shared = await builderClass.setup?.();
  } catch (error) {
    const details = { builder: name, ...describeThrown(error, folder) };
    throw new PluginError('DGT_SETUP_THREW', details, { cause: error });
  }
  return typeof shared === 'object' && shared !== null ? Object.freeze(shared) : shared;
}
