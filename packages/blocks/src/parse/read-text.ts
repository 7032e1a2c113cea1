import { createFieldTypeError } from '../validators/field-type-error.js';

/** @throws {@link ConfigError} DGT_BLOCK_FIELD_TYPE for what is no text. */
export function readText(input: unknown, block: string): string {
  if (typeof input === 'string') return input;
  throw createFieldTypeError({ block, field: 'input', expected: 'text', value: input });
}
