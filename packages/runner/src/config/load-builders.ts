import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  blocks,
  ConfigError,
  DgtError,
  dataBuilders,
  PluginError,
  suggestNearest,
  type DataBuilderClass,
} from '@dgt/core';
import type { LoadModule } from '../loader/load-module.js';
import { planBuilder } from './builder-file.js';
import { findDGTDifference } from './dgt-differences.js';
import type { BuilderIndex, FoundBuilder } from './find-builders.js';
import type { LMOverride } from './lm-override.js';
import type { PlannedBuilder } from './planned.js';
import type { Problems } from './problems.js';
import type { TaskFile } from './task-file.js';
import type { ReadingContext } from './yaml-document.js';

/** A builder that a task names: its class if it loads, its plan if nothing is wrong with it. */
export interface LoadedBuilder {
  readonly class: DataBuilderClass | undefined;
  readonly plan: PlannedBuilder | undefined;
}

/** What loading builders needs to know of the run. */
export interface BuilderReading extends ReadingContext {
  readonly lm: LMOverride | undefined;
  readonly loadModule: LoadModule;
  readonly index: BuilderIndex;
}

/** Loads and checks the data builders that tasks name, each once; those that are not found are left out. */
export async function loadBuilders(
  taskFiles: readonly TaskFile[],
  reading: BuilderReading,
): Promise<Map<string, LoadedBuilder>> {
  const builders = new Map<string, LoadedBuilder>();
  for (const { builder: name } of taskFiles) {
    if (name === undefined || builders.has(name)) continue;
    const found = reading.index.builders.get(name) ?? [];
    if (found.length > 1) reportDuplicate(found, reading.problems);
    const [first] = found;
    if (first === undefined) continue;
    const builderClass = await loadBuilderClass(first, reading);
    const plan = await planBuilder(first, builderClass, { context: reading, lm: reading.lm });
    builders.set(name, { class: builderClass, plan });
  }
  return builders;
}

/**
 * Imports the blocks that the builders name and dgt has, before the hooks for authors' modules are installed: through them
 * an SDK of a hundred files takes several times as long. What fails here is reported where the block is checked.
 */
export async function importKnownBlocks(taskFiles: readonly TaskFile[], { builders }: BuilderIndex): Promise<void> {
  const named = new Set(taskFiles.flatMap(({ builder = '' }) => builders.get(builder) ?? []));
  const entries = [...named].flatMap(({ document }) => document.value['blocks'] ?? []);
  const known = new Set<unknown>(blocks.names());
  // The model of a judge, or a fallback, is a block too.
  const inner = entries.flatMap((entry) => Object.values(entry ?? {}));
  const types = new Set(
    [...entries, ...inner].map((entry) => (entry as { type?: unknown } | null)?.type).filter((type) => known.has(type)),
  );
  await Promise.allSettled([...types].map((type) => blocks.load(type as string)));
}

/** Says of a builder that no folder declares what there is instead. */
export function reportUnknownBuilder({ document }: TaskFile, name: string, { index, problems }: BuilderReading): void {
  const withoutModule = index.withoutModule.get(name);
  if (withoutModule !== undefined) {
    problems.add({
      file: withoutModule,
      problem: `declares the data builder "${name}" and has no generate.ts beside it`,
      hint: existsSync(join(dirname(withoutModule), 'generate.py'))
        ? 'Write what generate.py does in TypeScript, in a file of this name in the same folder.'
        : 'Put its class into a file of this name in the same folder.',
      code: 'DGT_NAME_UNKNOWN',
    });
    return;
  }
  // One of the files that could not be read may be the one that declares the name; one in a folder of this name is.
  const unreadable = index.unreadable.list();
  for (const problem of unreadable) problems.add(problem);
  if (unreadable.some(({ file }) => `/${dirname(file)}`.endsWith(`/${name}`))) return;
  const names = [...index.builders.keys()].sort();
  const place = { ...document.locate(['data_builder']), path: 'data_builder' };
  const difference = /[*?[]/.test(name)
    ? { problem: `"${name}" is a pattern, and a task has one data builder`, hint: 'Write its whole name.' }
    : findDGTDifference('data builder', name);
  if (difference !== undefined) {
    problems.add({ ...place, ...difference, code: 'DGT_NAME_UNKNOWN' });
    return;
  }
  const error = new ConfigError('DGT_NAME_UNKNOWN', {
    kind: 'data builder',
    name,
    nearest: suggestNearest(name, names),
    known: names.join(', ') || 'none (builders/ of the folder that dgt is called in is searched)',
  });
  problems.addError(error, place);
}

async function loadBuilderClass(
  found: FoundBuilder,
  { loadModule, problems }: BuilderReading,
): Promise<DataBuilderClass | undefined> {
  const { name, module, folder } = found;
  try {
    await loadModule({ builder: name, file: module, folder });
    const builderClass = dataBuilders.find(name);
    if (builderClass !== undefined) {
      const reason = findMissingPart(builderClass);
      if (reason === undefined) return builderClass;
      throw new PluginError('DGT_BUILDER_LOAD', { builder: name, file: problems.showFile(module), reason });
    }
    const instead = dataBuilders.names().filter((other) => dataBuilders.originOf(other)?.startsWith(`${module}:`));
    throw dataBuilders.describeMissing(name, { file: problems.showFile(module), instead });
  } catch (error) {
    if (!DgtError.isInstance(error)) throw error;
    const { source = module, line, column } = error.details as { source?: string; line?: number; column?: number };
    problems.addError(error, { file: source, line, column });
    return undefined;
  }
}

/** What a class lacks to be a data builder: nobody checks the types of authors' code before it runs. */
function findMissingPart(builderClass: DataBuilderClass): string | undefined {
  const { name, kind, task } = builderClass;
  if (kind === undefined || task === undefined)
    return `${name} does not extend GenerationDataBuilder.of({ task, blocks })`;
  const { prototype } = builderClass as unknown as { prototype: Readonly<Record<string, unknown>> };
  const wanted = kind === 'generation' ? ['generate'] : ['transform', 'transformBatch'];
  if (wanted.some((method) => typeof prototype[method] === 'function')) return undefined;
  const methods = Object.getOwnPropertyNames(prototype).filter((method) => method !== 'constructor');
  const missing = wanted.map((method) => `"${method}"`).join(' or ');
  return `${name} has no method ${missing}; it has: ${methods.join(', ') || 'none'}`;
}

function reportDuplicate(found: readonly FoundBuilder[], problems: Problems): void {
  const [first, second] = found as [FoundBuilder, FoundBuilder];
  problems.add({
    ...second.document.locate(['name']),
    path: 'name',
    problem: `a data builder "${second.name}" is also declared by ${problems.showFile(first.yamlFile)}`,
    hint: 'Rename one of them, or leave out the folder of one.',
    code: 'DGT_NAME_TAKEN',
  });
}
