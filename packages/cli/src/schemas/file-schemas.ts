import { blocks, configSchema } from '@dgt/core';
import { builderFileFields, taskFileFields } from '@dgt/runner';
import { refuseNearWords, toEditorSchema, type JsonSchema } from './editor-schema.js';

const draft = 'http://json-schema.org/draft-07/schema#';

/** The schema of task files. Keys that a task class declares are let pass; keys that are nearly one of dgt's are not. */
export function makeTaskSchema(): JsonSchema {
  const { required, ...schema } = toEditorSchema(taskFileFields, { open: true });
  // What a file includes may say the rest.
  return { $schema: draft, title: 'A task of dgt', ...schema, if: { required: ['include'] }, else: { required } };
}

/** The schema of the YAML of data builders, with what each of the announced block types takes. */
export async function makeBuilderSchema(): Promise<JsonSchema> {
  const { properties, ...schema } = toEditorSchema(builderFileFields, { open: true }) as {
    properties: Record<string, JsonSchema>;
  };
  const types = blocks.names();
  const branches = await Promise.all(types.map(describeBlock));
  const entry = {
    type: 'object',
    required: ['name', 'type'],
    properties: {
      name: { type: 'string', minLength: 1, description: 'What the data builder and the postprocessors call it.' },
      type: {
        description: 'Which block it is; `dgt list blocks` shows what there is.',
        anyOf: [{ enum: types }, { type: 'string', minLength: 1 }],
        ...refuseNearWords(types),
      },
    },
    allOf: branches.filter((branch) => branch !== undefined),
  };
  return {
    $schema: draft,
    title: 'A data builder of dgt',
    ...schema,
    properties: { ...properties, blocks: { ...properties['blocks'], items: entry } },
  };
}

/** What the entry of one block type takes; undefined for a block that cannot be loaded here. */
async function describeBlock(type: string): Promise<JsonSchema | undefined> {
  try {
    const blockClass = await blocks.load(type);
    const fields = configSchema(blockClass).properties;
    return {
      if: { properties: { type: { const: type } }, required: ['type'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema, whose value is no function
      then: toEditorSchema(fields, { open: false }),
    };
  } catch {
    return undefined;
  }
}
