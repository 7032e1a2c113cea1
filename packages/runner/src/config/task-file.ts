import { basename, dirname } from 'node:path';
import { formatPlace, Type, type DataBuilderClass, type TaskClass, type TaskSpec } from '@dgt/core';
import { findDGTDifference } from './dgt-differences.js';
import { resolveIncludes } from './includes.js';
import type { Problems } from './problems.js';
import { sharedFields, type RunnerConfig } from './runner-settings.js';
import { checkAgainstSchema, type UnknownKeyJudge } from './schema-problems.js';
import { checkRecords, readRecords, type RecordKey } from './seed-records.js';
import { findForeignKey, taskFileFields, type TaskKind } from './task-fields.js';
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
  /** The rows under `data`, where they stand in the file. */
  readonly rows: readonly PlainMapping[] | undefined;
  readonly uniqueKey: string | undefined;
  readonly runnerConfig: RunnerConfig;
}

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
 * @param builderClass undefined when the builder could not be loaded: then keys that may be its task's own are let pass.
 * @returns undefined when something was reported.
 */
export function checkTaskFile(
  { document }: TaskFile,
  builderClass: Pick<DataBuilderClass, 'kind' | 'task'> | undefined,
  { problems }: ReadingContext,
): TaskContent | undefined {
  const before = problems.count;
  reportUnresolvedReferences(document, problems);
  const taskClass = builderClass?.task;
  const fields = taskClass?.fieldsSchema ?? {};
  const checked = checkAgainstSchema(
    Type.Object({ ...taskFileFields, ...fields, ...taskFileFields }, { additionalProperties: false }),
    leaveOutNothing(document.value),
    { problems, originOf: (path) => ({ document, path }), judgeUnknownKey: judgeKeyOf(taskClass) },
  );
  checkTaxonomyFile(document, problems);
  checkTaskName(document, problems);
  checkGivenTwice(document, problems);
  if (builderClass !== undefined) checkForeignKeys(document, builderClass.kind, problems);
  if (checked === undefined || problems.count > before) return undefined;
  const ownNames = Object.keys(fields).filter((field) => !Object.hasOwn(taskFileFields, field));
  const spec: TaskSpec = {
    task_name: checked['task_name'] as string,
    task_description: checked['task_description'] as string,
    created_by: checked['created_by'] as string,
    fields: pick(checked, ownNames),
    folder: dirname(document.file),
    ...(checked['unique_key'] !== undefined && { unique_key: checked['unique_key'] as string }),
  };
  const read = (key: RecordKey): readonly PlainMapping[] => {
    if (taskClass === undefined || !Array.isArray(checked[key])) return [];
    const records = readRecords(key, { document, taskClass, spec });
    checkRecords(key, records, { document, taskClass, spec, problems });
    return records;
  };
  const seeds = read('seed_examples');
  const rows = Array.isArray(checked['data']) ? read('data') : undefined;
  if (problems.count > before) return undefined;
  return {
    spec,
    seeds,
    rows,
    uniqueKey: checked['unique_key'] as string | undefined,
    runnerConfig: {
      ...pick(checked, Object.keys(sharedFields)),
      ...(checked['runner_config'] as RunnerConfig | undefined),
    },
  };
}

function judgeKeyOf(taskClass: TaskClass | undefined): UnknownKeyJudge {
  return (key, path, nearest) => {
    const place = path.length === 0 ? 'task key' : path[0] === 'runner_config' ? 'runner_config key' : undefined;
    const difference = place && findDGTDifference(place, key);
    if (difference !== undefined) return difference;
    return path.length === 0 && taskClass === undefined && nearest === undefined ? 'ignore' : 'report';
  };
}

/** A key that the other kind of task has would change nothing here. */
function checkForeignKeys(document: YamlDocument, kind: TaskKind, problems: Problems): void {
  const { runner_config: runnerConfig } = document.value;
  const isMapping = typeof runnerConfig === 'object' && runnerConfig !== null && !Array.isArray(runnerConfig);
  const inner = isMapping ? Object.keys(runnerConfig).map((key) => ['runner_config', key]) : [];
  for (const path of [...Object.keys(document.value).map((key) => [key]), ...inner]) {
    const found = findForeignKey(path.at(-1) as string, kind);
    if (found === undefined || document.value[path[0] as string] === null) continue;
    const place = { ...document.locate(path, 'key'), path: formatPlace(path.slice(0, -1)) };
    problems.add({ ...place, ...found, code: 'DGT_CONFIG_INVALID' });
  }
}

/** A `qna.yaml` as it comes out of a taxonomy says what to teach, and not how. */
function checkTaxonomyFile({ file, value }: YamlDocument, problems: Problems): void {
  if (basename(file) !== 'qna.yaml' || Object.hasOwn(value, 'data_builder')) return;
  problems.add({
    file,
    line: 1,
    column: 1,
    problem: 'looks like a qna.yaml of a taxonomy, which names no data builder',
    hint: 'Add task_name, task_description and data_builder, and write its examples as the builder reads them.',
    code: 'DGT_CONFIG_INVALID',
  });
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

/** A key of dgt's own with nothing after it says nothing: so an override takes back what a file says (`seed_examples: null`). */
function leaveOutNothing(value: PlainMapping): PlainMapping {
  const own = Object.entries(value).filter(([key, held]) => held !== null || !isOptional(key));
  return Object.fromEntries(own);
}

function isOptional(key: string): boolean {
  return Object.hasOwn(taskFileFields, key) && !requiredKeys.includes(key);
}

const requiredKeys: readonly string[] = Type.Object(taskFileFields).required ?? [];

function pick(from: PlainMapping, keys: readonly string[]): PlainMapping {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]));
}
