import { Type, type TaskClass, type TaskSpec } from '@dgt/core';
import { resolveIncludes } from './includes.js';
import type { Problems } from './problems.js';
import { runnerConfigFields, sharedFields, type RunnerConfig } from './runner-settings.js';
import { checkAgainstSchema, type UnknownKeyJudge } from './schema-problems.js';
import { checkSeedRecords, readSeedRecords } from './seed-records.js';
import { findUnsafeTaskName } from './task-name.js';
import { reportUnresolvedReferences } from './unresolved-references.js';
import { readYamlDocument, type PlainMapping, type ReadingContext, type YamlDocument } from './yaml-document.js';

/** A task file that is known to be YAML, before it is known which class reads it. */
export interface TaskFile {
  readonly document: YamlDocument;
  /** The name of the data builder, if the file gives one. */
  readonly builder: string | undefined;
}

/** What a task file says, checked. */
export interface TaskContent {
  readonly spec: TaskSpec;
  readonly seeds: readonly PlainMapping[];
  readonly runnerConfig: RunnerConfig;
}

/** What every task file takes, beside the keys that its task class declares. */
export const taskFileFields = {
  dgt: Type.Optional(Type.Literal(1)),
  task_name: Type.String({ minLength: 1 }),
  task_description: Type.String(),
  created_by: Type.String({ default: '' }),
  data_builder: Type.String({ minLength: 1 }),
  seed_examples: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  runner_config: Type.Optional(Type.Object(runnerConfigFields, { additionalProperties: false })),
  ...sharedFields,
};

const laterKeys = new Set([
  'seed_datastore',
  'datastore',
  'final_datastore',
  'formatted_datastore',
  'store_name',
  'dataloader',
  'data',
  'formatter',
  'tools',
]);
const laterRunnerKeys = new Set(['save_formatted_output']);

/** Reads a task file with what it includes, and finds the data builder that it names. */
export async function readTaskFile(file: string, context: ReadingContext): Promise<TaskFile | undefined> {
  const written = await readYamlDocument(file, context);
  const document = written && (await resolveIncludes(written, context));
  return document && toTaskFile(document);
}

/** Finds the data builder that a task names. */
export function toTaskFile(document: YamlDocument): TaskFile {
  const builder = document.value['data_builder'];
  return { document, builder: typeof builder === 'string' && builder !== '' ? builder : undefined };
}

/**
 * Checks a task file against dgt's own keys and those that the task class declares.
 *
 * @param taskClass undefined when the builder could not be loaded: then keys that may be the class's own are let pass.
 * @returns undefined when something was reported.
 */
export function checkTaskFile(
  { document }: TaskFile,
  taskClass: TaskClass | undefined,
  { problems }: ReadingContext,
): TaskContent | undefined {
  const before = problems.count;
  reportUnresolvedReferences(document, problems);
  const fields = taskClass?.fieldsSchema ?? {};
  const checked = checkAgainstSchema(
    Type.Object({ ...taskFileFields, ...fields, ...taskFileFields }, { additionalProperties: false }),
    document.value,
    { problems, originOf: (path) => ({ document, path }), judgeUnknownKey: judgeKeyOf(taskClass) },
  );
  checkTaskName(document, problems);
  checkGivenTwice(document, problems);
  if (checked === undefined || problems.count > before) return undefined;
  const spec: TaskSpec = {
    task_name: checked['task_name'] as string,
    task_description: checked['task_description'] as string,
    created_by: checked['created_by'] as string,
    fields: pick(
      checked,
      Object.keys(fields).filter((field) => !Object.hasOwn(taskFileFields, field)),
    ),
  };
  const seeds = taskClass === undefined ? [] : readSeedRecords(document, taskClass, spec);
  if (taskClass !== undefined) checkSeedRecords(seeds, { document, taskClass, spec, problems });
  if (problems.count > before) return undefined;
  return {
    spec,
    seeds,
    runnerConfig: {
      ...pick(checked, Object.keys(sharedFields)),
      ...(checked['runner_config'] as RunnerConfig | undefined),
    },
  };
}

function judgeKeyOf(taskClass: TaskClass | undefined): UnknownKeyJudge {
  return (key, path, nearest) => {
    const isTop = path.length === 0;
    if (isTop && laterKeys.has(key)) return `"${key}" is not supported yet by this version`;
    if (path[0] === 'runner_config' && laterRunnerKeys.has(key)) return `"${key}" is not supported yet by this version`;
    if (key === 'restart_generation') return '"restart_generation" is not a setting: use --restart on the command line';
    return isTop && taskClass === undefined && nearest === undefined ? 'ignore' : 'report';
  };
}

function checkTaskName(document: YamlDocument, problems: Problems): void {
  const name = document.value['task_name'];
  if (typeof name !== 'string' || name === '') return;
  const reason = findUnsafeTaskName(name);
  if (reason === undefined) return;
  problems.add({
    ...document.locate(['task_name']),
    path: 'task_name',
    problem: `${JSON.stringify(name)} cannot be the path of an output folder: ${reason}`,
    hint: 'Use a relative name such as team/topic.',
    code: 'DGT_TASK_NAME_UNSAFE',
  });
}

function checkGivenTwice(document: YamlDocument, problems: Problems): void {
  const { runner_config: runnerConfig } = document.value as { runner_config?: unknown };
  if (typeof runnerConfig !== 'object' || runnerConfig === null) return;
  for (const key of Object.keys(sharedFields)) {
    if (!Object.hasOwn(document.value, key) || !Object.hasOwn(runnerConfig, key)) continue;
    const top = document.value[key];
    const inner = (runnerConfig as PlainMapping)[key];
    if (top === inner) continue;
    const other = document.locate([key], 'key');
    problems.add({
      ...document.locate(['runner_config', key], 'key'),
      path: `runner_config.${key}`,
      problem: `${JSON.stringify(inner)} here and ${JSON.stringify(top)} at the top level (line ${other.line})`,
      hint: 'Give it once.',
      code: 'DGT_CONFIG_INVALID',
    });
  }
}

function pick(from: PlainMapping, keys: readonly string[]): PlainMapping {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]));
}
