import { findNearest, formatPlace } from '@dgt/core';
import { overrideBuilder } from './builder-override.js';
import { ComposedDocument } from './composed-document.js';
import type { ConfigFile } from './config-file.js';
import type { BuilderIndex } from './find-builders.js';
import { resolveIncludesOf } from './includes.js';
import { layOver, openMapping, partOf, readPiece, type MappingPiece } from './pieces.js';
import { toTaskFile, type TaskFile } from './task-file.js';
import { createTextDocument } from './text-documents.js';
import type { PlainMapping, ReadingContext } from './yaml-document.js';

/**
 * Lays what a `--config-path` file says of tasks over them, key by key. A name that no task has makes a new task when what
 * is said of it is a whole one.
 */
export async function overrideTasks(
  taskFiles: readonly TaskFile[],
  config: ConfigFile,
  context: ReadingContext,
): Promise<TaskFile[]> {
  const result = [...taskFiles];
  for (const [name, part] of config.tasks) {
    const override = await resolveIncludesOf(part, context);
    if (override === undefined) continue;
    const given = readPiece(override, 'value') as PlainMapping;
    if (Object.hasOwn(given, 'task_name') && given['task_name'] !== name) {
      const problem = `this is said of the task "${name}", which it cannot rename`;
      report(config, ['tasks', name, 'task_name'], { problem }, context);
      continue;
    }
    const places = result.flatMap(({ document }, index) => (document.value['task_name'] === name ? [index] : []));
    for (const index of places) {
      const { document } = result[index] as TaskFile;
      const base = openMapping(partOf(document)) as MappingPiece;
      result[index] = toTaskFile(new ComposedDocument(document.file, layOver(base, override)));
    }
    if (places.length > 0) continue;
    if (Object.hasOwn(given, 'data_builder') && Object.hasOwn(given, 'task_description'))
      result.push(createTask(name, override, config));
    else reportUnknownTask(name, taskFiles, config, context);
  }
  return result;
}

/** Merges what a `--config-path` file says of data builders into their YAML. */
export async function overrideBuilders(
  index: BuilderIndex,
  config: ConfigFile,
  { context, taskFiles }: { context: ReadingContext; taskFiles: readonly TaskFile[] },
): Promise<BuilderIndex> {
  const builders = new Map(index.builders);
  const used = [...new Set(taskFiles.flatMap(({ builder }) => builder ?? []))];
  for (const [name, part] of config.builders) {
    const path = ['databuilders', name];
    const found = builders.get(name);
    if (found === undefined) {
      const known = [...builders.keys()].sort();
      report(config, path, describeUnknown(`no data builder is called "${name}"`, name, known), context);
    } else if (!used.includes(name)) {
      const problem = `no task of this run uses the data builder "${name}", so that this would change nothing`;
      report(config, path, { problem, hint: `Used: ${used.join(', ') || 'none'}.` }, context);
    } else {
      const changed = [];
      for (const builder of found)
        changed.push({ ...builder, document: await overrideBuilder(builder.document, part, context) });
      builders.set(name, changed);
    }
  }
  return { ...index, builders };
}

function createTask(name: string, override: MappingPiece, { document }: ConfigFile): TaskFile {
  const place = document.locate(['tasks', name], 'key');
  const key = partOf(document, ['tasks', name]);
  const own = new Map([['task_name', { piece: partOf(createTextDocument(name, place)), key }]]);
  const base: MappingPiece = { kind: 'mapping', entries: own, at: override.at };
  return toTaskFile(new ComposedDocument(document.file, layOver(base, override)));
}

function reportUnknownTask(
  name: string,
  taskFiles: readonly TaskFile[],
  config: ConfigFile,
  context: ReadingContext,
): void {
  const known = taskFiles.map(({ document }) => String(document.value['task_name'])).sort();
  const { problem, hint } = describeUnknown(`no task of this run is called "${name}"`, name, known);
  const advice = 'To make a new task, give it a task_description and a data_builder.';
  report(config, ['tasks', name], { problem, hint: hint === undefined ? advice : `${hint} ${advice}` }, context);
}

function describeUnknown(problem: string, name: string, known: readonly string[]): Description {
  const nearest = findNearest(name, known);
  if (nearest !== undefined) return { problem: `${problem} (did you mean "${nearest}"?)` };
  return { problem, hint: `Known: ${known.join(', ') || 'none'}.` };
}

interface Description {
  readonly problem: string;
  readonly hint?: string | undefined;
}

function report(
  { document }: ConfigFile,
  path: readonly string[],
  description: Description,
  { problems }: ReadingContext,
): void {
  problems.add({
    ...document.locate(path, 'key'),
    path: formatPlace(path),
    ...description,
    code: 'DGT_CONFIG_INVALID',
  });
}
