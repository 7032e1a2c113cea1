import { ConfigError, dataBuilders, suggestNearest, type DataBuilderClass, type DataPointClass } from '@dgt/core';
import { createModuleLoader, findBuilders, findTaskFiles, Problems, readTaskFile } from '@dgt/runner';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandSession } from '../command-session.js';
import { announcePlugIns } from '../plug-ins.js';
import type { BuilderKind } from './plan-builder.js';
import { inventRecord, writeSeeds } from './seed-text.js';

/** The data builder of a new task, and examples that fit it. */
export interface TaskStart {
  readonly builder: string;
  readonly kind: BuilderKind;
  /** YAML, indented. */
  readonly seeds: string;
  /** Whether the examples are real ones, of another task of the builder, and not invented. */
  readonly areReal: boolean;
}

/**
 * Finds the data builder of a new task: the one that is named, or the only one that there is. Its examples are taken from a
 * task that has it already, or else invented from the fields that it declares.
 *
 * @throws {@link ConfigError} DGT_NAME_UNKNOWN, DGT_OPTION_INVALID
 */
export async function chooseSeeds(
  wanted: string | undefined,
  includeBuilders: readonly string[],
  session: CommandSession,
): Promise<TaskStart> {
  const { workingFolder, environment } = session.context;
  const { builderRoots } = announcePlugIns(workingFolder);
  const context = { problems: newProblems(session), environment, secrets: session.secrets, workingFolder };
  const own = existsSync(join(workingFolder, 'builders')) ? ['builders'] : [];
  const { builders: ownBuilders } = await findBuilders([...own, ...includeBuilders], { workingFolder, context });
  const { builders: others } = await findBuilders(builderRoots, { workingFolder, context });
  const builders = new Map([...others, ...ownBuilders]);
  const builder = chooseBuilder(wanted, [...ownBuilders.keys()].toSorted(), [...builders.keys()].toSorted());
  const real = await findExamples(builder, session);
  if (real !== undefined) return { builder, ...real, areReal: true };
  const found = builders.get(builder)?.[0];
  if (found === undefined) throw new Error(`data builder "${builder}" was found and is gone`);
  const load = await createModuleLoader({ roots: [found.folder], hostUrl: import.meta.url });
  await load({ builder, file: found.module, folder: found.folder });
  const builderClass = await dataBuilders.load(builder);
  return { builder, kind: builderClass.kind, seeds: writeSeeds(inventExamples(builderClass)), areReal: false };
}

/** @param own the names of the user's own builders: one of a plug-in is taken when it is named. */
function chooseBuilder(wanted: string | undefined, own: readonly string[], all: readonly string[]): string {
  const [only, ...others] = own;
  if (wanted === undefined) {
    if (only !== undefined && others.length === 0) return only;
    const expected =
      only === undefined ? 'a data builder; `dgt new builder NAME` makes one' : `one of ${own.join(', ')}`;
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--builder', expected, value: 'nothing' });
  }
  if (all.includes(wanted)) return wanted;
  throw new ConfigError('DGT_NAME_UNKNOWN', {
    kind: dataBuilders.kind,
    name: wanted,
    nearest: suggestNearest(wanted, all),
    known: all.join(', ') || 'none',
  });
}

/** The examples, or the rows, that stand in a task of the builder below `tasks/`; undefined where there are none. */
async function findExamples(
  builder: string,
  session: CommandSession,
): Promise<Pick<TaskStart, 'kind' | 'seeds'> | undefined> {
  const { workingFolder, environment } = session.context;
  // What is wrong with other tasks is no reason not to make a new one.
  const problems = newProblems(session);
  const context = { problems, environment, secrets: session.secrets, workingFolder };
  for (const file of await findTaskFiles(['tasks'], { workingFolder, problems })) {
    const task = await readTaskFile(file, context);
    if (task?.builder !== builder) continue;
    const { seed_examples: examples, data } = task.document.source;
    const rows = examples ?? data;
    if (!Array.isArray(rows) || rows.length === 0) continue;
    const kind = examples === undefined ? 'transformation' : 'generation';
    return { kind, seeds: writeSeeds((rows as Readonly<Record<string, unknown>>[]).slice(0, 10)) };
  }
  return undefined;
}

function inventExamples({ task: taskClass }: DataBuilderClass): Record<string, unknown>[] {
  const spec = { task_name: 'new', task_description: '', created_by: '', fields: {} };
  const { input } = new taskClass(spec as never) as unknown as { input: DataPointClass };
  return [1, 2].map((number) => inventRecord(input, number));
}

function newProblems({ context: { workingFolder }, secrets }: CommandSession): Problems {
  return new Problems({ workingFolder, secrets });
}
