import type { Json, ResponseFormat } from '@dgt/core';
import { toStrictSchema } from '../../structured/strict-schema.js';

/** Limits that the API refuses; answers are checked against them on our side. */
const unknownLimits: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'pattern',
]);

/**
 * A shape as the API takes it: its objects must be closed, and few limits are known. Undefined for one that it cannot be told,
 * which has to be asked for in words.
 */
export function toAnswerSchema(format: ResponseFormat): Json | undefined {
  return format.type === 'json_schema' ? toStrictSchema(format.json_schema.schema, unknownLimits)?.schema : undefined;
}
