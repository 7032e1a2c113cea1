import type { TProperties } from '@dgt/core';
import { describeKey } from './key-descriptions.js';
import { nearPattern } from './near-keys.js';

/** A JSON schema as a plain document. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Keys shorter than this have too many neighbours that are words of their own. @unit characters */
const shortestMistyped = 5;

/**
 * The fields that dgt checks a file against, as editors read them: what has a default may be left out, and keys are
 * explained.
 *
 * @param open whether other keys may stand beside these: then only those are refused that are nearly one of these.
 */
export function toEditorSchema(fields: TProperties, { open }: { open: boolean }): JsonSchema {
  const properties = JSON.parse(JSON.stringify(fields)) as Record<string, JsonSchema>;
  const required = Object.keys(fields).filter((key) => !isOptional(fields, key));
  for (const [key, schema] of Object.entries(properties)) {
    const description = describeKey(key);
    properties[key] = { ...(description !== undefined && { description }), ...relax(schema) };
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    ...(open ? { patternProperties: refuseNear(Object.keys(properties)) } : { additionalProperties: false }),
  };
}

/** What refuses the values that are nearly one of these words; any other is let pass. */
export function refuseNearWords(words: readonly string[]): JsonSchema {
  const long = words.filter((word) => word.length >= shortestMistyped);
  return { not: { pattern: long.map((word) => nearPattern(word, words)).join('|') } };
}

function refuseNear(keys: readonly string[]): JsonSchema {
  const long = keys.filter((key) => key.length >= shortestMistyped);
  const refused = long.map((key) => [nearPattern(key, keys), { not: {}, description: `Did you mean ${key}?` }]);
  return Object.fromEntries(refused) as JsonSchema;
}

function isOptional(fields: TProperties, key: string): boolean {
  const schema = fields[key];
  const optional = Object.getOwnPropertySymbols(schema).some((symbol) => symbol.description === 'TypeBox.Optional');
  return optional || (schema as JsonSchema)['default'] !== undefined;
}

/** A nested schema: there too, what has a default may be left out. */
function relax(schema: JsonSchema): JsonSchema {
  const { properties, required, items } = schema as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
    items?: JsonSchema;
  };
  const inner = Object.entries(properties ?? {}).map(([key, nested]): [string, JsonSchema] => {
    const description = describeKey(key);
    return [key, { ...(description !== undefined && { description }), ...relax(nested) }];
  });
  const needed = required?.filter((key) => properties?.[key]?.['default'] === undefined) ?? [];
  const { required: _required, ...rest } = schema;
  return {
    ...rest,
    ...(properties !== undefined && { properties: Object.fromEntries(inner) }),
    ...(needed.length > 0 && { required: needed }),
    ...(items !== undefined && { items: relax(items) }),
  };
}
