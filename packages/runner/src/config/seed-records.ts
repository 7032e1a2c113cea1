import { compileSchema, type TaskClass, type TaskSpec, type TProperties } from '@dgt/core';
import type { PlainMapping, YamlDocument } from './yaml-document.js';

/**
 * The seed examples of a task file as plain records. Where the data point wants text and the file has an unquoted number or
 * truth value (`answer: 11`), the record has the text as written: a scalar of YAML is text until something reads it.
 */
export function readSeedRecords(document: YamlDocument, taskClass: TaskClass, spec: TaskSpec): PlainMapping[] {
  const seeds = (document.value['seed_examples'] ?? []) as PlainMapping[];
  const properties = readInputProperties(taskClass, spec);
  return seeds.map((seed, index) =>
    Object.fromEntries(
      Object.entries(seed).map(([field, value]) => {
        const schema = Object.hasOwn(properties, field) ? properties[field] : undefined;
        if (schema === undefined || fits(schema, value)) return [field, value];
        const text = document.readAsText(['seed_examples', index, field]);
        return [field, fits(schema, text) ? text : value];
      }),
    ),
  );
}

function fits(schema: TProperties[string], value: unknown): boolean {
  return compileSchema(schema).check(structuredClone(value)).length === 0;
}

function readInputProperties(taskClass: TaskClass, spec: TaskSpec): TProperties {
  try {
    return new taskClass(spec as TaskSpec<never>).input.schema.properties;
  } catch {
    // The engine makes the task again and says what its author must mend.
    return {};
  }
}
