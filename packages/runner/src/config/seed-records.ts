import {
  compileSchema,
  DgtError,
  Task,
  TransformationTask,
  type TaskClass,
  type TaskSpec,
  type TProperties,
} from '@dgt/core';
import { makeTask } from './make-task.js';
import type { Problems } from './problems.js';
import { checkAgainstSchema } from './schema-problems.js';
import type { PlainMapping, YamlDocument } from './yaml-document.js';

/** Seed examples that do not fit are told one by one up to this number. */
const longestList = 10;

/** A key of a task file that holds a list of records. */
export type RecordKey = 'seed_examples' | 'data';

/**
 * The seed examples, or the rows, of a task file as plain records. Where the data point wants text and the file has an unquoted number or
 * truth value (`answer: 11`), the record has the text as written: a scalar of YAML is text until something reads it.
 */
export function readRecords(
  key: RecordKey,
  { document, taskClass, spec }: { document: YamlDocument; taskClass: TaskClass; spec: TaskSpec },
): PlainMapping[] {
  const seeds = (document.value[key] ?? []) as PlainMapping[];
  const properties = makeTask(taskClass, spec)?.input.schema.properties ?? {};
  return seeds.map((seed, index) =>
    Object.fromEntries(
      Object.entries(seed).map(([field, value]) => {
        const schema = Object.hasOwn(properties, field) ? properties[field] : undefined;
        if (schema === undefined || fits(schema, value)) return [field, value];
        const text = document.readAsText([key, index, field]);
        return [field, fits(schema, text) ? text : value];
      }),
    ),
  );
}

function fits(schema: TProperties[string], value: unknown): boolean {
  return compileSchema(schema).check(structuredClone(value)).length === 0;
}

/**
 * Reads each record as the task will and reports where it stands what does not fit: a file of a thousand seeds is corrected
 * before its run, not by it.
 */
export function checkRecords(
  key: RecordKey,
  seeds: readonly PlainMapping[],
  source: { document: YamlDocument; taskClass: TaskClass; spec: TaskSpec; problems: Problems },
): void {
  const { document, taskClass, spec, problems } = source;
  const task = makeTask(taskClass, spec);
  if (task === undefined) return;
  let wrong = 0;
  for (const [index, seed] of seeds.entries()) {
    const error = tryRead(task, seed);
    if (error === undefined) continue;
    wrong += 1;
    if (wrong <= longestList) reportSeed(error, { task, seed, path: [key, index], document, problems });
  }
  if (wrong <= longestList) return;
  problems.add({
    ...document.locate([key], 'key'),
    path: key,
    problem: `${wrong} of ${seeds.length} do not fit; the first ${longestList} are listed`,
    code: 'DGT_CONFIG_INVALID',
  });
}

function tryRead(task: Task, seed: PlainMapping): unknown {
  try {
    task.instantiateInputExample({ ...seed });
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was said');
  }
}

interface WrongSeed {
  readonly task: Task;
  readonly seed: PlainMapping;
  readonly path: readonly [RecordKey, number];
  readonly document: YamlDocument;
  readonly problems: Problems;
}

function reportSeed(error: unknown, { task, seed, path, document, problems }: WrongSeed): void {
  const before = problems.count;
  const fields = findReadFields(task, seed);
  if (fields !== undefined) {
    checkAgainstSchema(task.input.schema, fields, {
      problems,
      originOf: (place) => ({ document, path: [...path, ...place] }),
    });
  }
  if (problems.count > before) return;
  const place = { ...document.locate(path), path: `${path[0]}[${path[1]}]` };
  const reason = error instanceof Error ? error.message : String(error);
  if (DgtError.isInstance(error)) problems.add({ ...place, problem: error.message, code: error.code });
  else problems.add({ ...place, problem: `the task class cannot read it: ${reason}`, code: 'DGT_CONFIG_INVALID' });
}

/** The fields of a record that go into its data point; undefined where the author's own code chooses them. */
function findReadFields(task: Task, { task_name: _task, is_seed: _seed, ...fields }: PlainMapping) {
  if (task.instantiateInputExample === Task.prototype.instantiateInputExample) return fields;
  if (task.instantiateInputExample !== TransformationTask.prototype.instantiateInputExample) return undefined;
  const declared = Object.keys(task.input.schema.properties);
  return Object.fromEntries(Object.entries(fields).filter(([field]) => declared.includes(field)));
}
