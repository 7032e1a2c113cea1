import { ConfigError } from '@dgt/core';

/** The error of a block that was given another kind of value than it works on. */
export function createFieldTypeError(options: {
  readonly block: string;
  readonly field: string;
  /** What it works on, as a phrase: `text`. */
  readonly expected: string;
  readonly value: unknown;
}): ConfigError {
  const { block, field, expected, value } = options;
  return new ConfigError('DGT_BLOCK_FIELD_TYPE', { block, field, expected, seen: nameKind(value) });
}

function nameKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
