import type { DataPointClass } from '@dgt/core';

/** Records as the YAML of `seed_examples`. */
export function writeSeeds(records: readonly Readonly<Record<string, unknown>>[]): string {
  return records
    .map((record) =>
      Object.entries(record)
        .map(([key, value], index) => `${index === 0 ? '  - ' : '    '}${writeKey(key)}: ${JSON.stringify(value)}`)
        .join('\n'),
    )
    .join('\n');
}

/** A record with a value of the right type for each required field, to be written over. */
export function inventRecord({ schema }: Pick<DataPointClass, 'schema'>, number: number): Record<string, unknown> {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties as Record<string, Shape>).filter(([field]) => required.has(field));
  return Object.fromEntries(fields.map(([field, shape]) => [field, inventValue(field, shape, number)]));
}

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
}

function inventValue(field: string, shape: Shape, number: number): unknown {
  const { type, anyOf, properties = {}, required = [], items } = shape;
  if (shape.const !== undefined) return shape.const;
  if (shape.default !== undefined) return shape.default;
  if (anyOf?.[0] !== undefined) return inventValue(field, anyOf[0], number);
  switch (type) {
    case 'integer':
    case 'number':
      return Math.max(number, shape.minimum ?? number);
    case 'boolean':
      return true;
    case 'array':
      return items === undefined ? [] : [inventValue(field, items, number)];
    case 'object': {
      const fields = Object.entries(properties).filter(([name]) => required.includes(name));
      return Object.fromEntries(fields.map(([name, inner]) => [name, inventValue(name, inner, number)]));
    }
    default:
      return `example ${number} of ${field}`;
  }
}

function writeKey(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key);
}
