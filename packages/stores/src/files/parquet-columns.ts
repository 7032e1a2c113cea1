import type { TSchema } from '@dgt/core';
import type { SchemaElement } from 'hyparquet';
import { describeKind, isRecord, toJsonValue } from './json-value.js';

/** How one field of a row stands in a parquet file. */
export interface ParquetColumn {
  readonly name: string;
  /** Its part of the schema of the file, the column itself first. */
  readonly elements: readonly SchemaElement[];
  /**
   * The value as the writer takes it.
   *
   * @throws TypeError for a value that the column cannot hold, naming its place.
   */
  encode(value: unknown, at: string): unknown;
}

/** What is known of a JSON schema here: TypeBox gives plain JSON Schema objects. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

type Encode = ParquetColumn['encode'];

interface Kind {
  readonly matches: (value: unknown) => boolean;
  readonly called: string;
  readonly element: Omit<SchemaElement, 'name'>;
  readonly encode?: (value: never) => unknown;
}

const kinds: Readonly<Record<string, Kind>> = {
  string: {
    called: 'text',
    matches: (value) => typeof value === 'string',
    element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  },
  integer: {
    called: 'a whole number of 64 bits',
    matches: (value) =>
      (Number.isInteger(value) || typeof value === 'bigint') && fitsInt64(BigInt(value as number | bigint)),
    element: { type: 'INT64' },
    encode: (value: number | bigint) => BigInt(value),
  },
  number: { called: 'a number', matches: Number.isFinite, element: { type: 'DOUBLE' } },
  boolean: {
    called: 'true or false',
    matches: (value) => typeof value === 'boolean',
    element: { type: 'BOOLEAN' },
  },
};

/**
 * The columns of a data point. Text, numbers, truth values, lists and objects become columns of their own kind; what has no
 * one kind (unions, records, unknown) a column of JSON. Every column may hold null.
 */
export function toParquetColumn(name: string, schema: TSchema): ParquetColumn {
  const plain = withoutNull(schema as JsonSchema);
  const kind = kinds[kindOf(plain) ?? ''];
  if (kind !== undefined)
    return { name, elements: [{ name, repetition_type: 'OPTIONAL', ...kind.element }], encode: encodeAs(kind) };
  if (plain.type === 'array' && plain.items !== undefined) return toListColumn(name, plain.items);
  if (plain.type === 'object' && Object.keys(plain.properties ?? {}).length > 0) {
    return toGroupColumn(name, Object.entries(plain.properties ?? {}));
  }
  const element: SchemaElement = {
    name,
    repetition_type: 'OPTIONAL',
    type: 'BYTE_ARRAY',
    converted_type: 'JSON',
    logical_type: { type: 'JSON' },
  };
  return { name, elements: [element], encode: encodeJson };
}

/** An object without a prototype passes the writer untouched: it would copy any other, and lose members called `__proto__` and digits. */
function encodeJson(value: unknown, at: string): unknown {
  if (value === undefined || value === null) return null;
  const written = toJsonValue(value, at);
  return Object.assign(Object.create(null) as object, { toJSON: () => written });
}

function toListColumn(name: string, items: TSchema): ParquetColumn {
  const item = toParquetColumn('element', items);
  return {
    name,
    elements: [
      { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...item.elements,
    ],
    encode(value, at) {
      if (value === undefined || value === null) return null;
      if (!Array.isArray(value)) throw mismatch(at, 'a list', value);
      return value.map((element, index) => item.encode(element, `${at}[${index}]`));
    },
  };
}

function toGroupColumn(name: string, properties: readonly (readonly [string, TSchema])[]): ParquetColumn {
  const members = properties.map(([key, schema]) => toParquetColumn(key, schema));
  return {
    name,
    elements: [
      { name, repetition_type: 'OPTIONAL', num_children: members.length },
      ...members.flatMap(({ elements }) => elements),
    ],
    encode(value, at) {
      if (value === undefined || value === null) return null;
      if (!isRecord(value)) throw mismatch(at, 'an object', value);
      return encodeMembers(members, value, at);
    },
  };
}

/** The members of a record by column; a key that no column is called after is an error, since it would be lost. */
export function encodeMembers(
  columns: readonly ParquetColumn[],
  record: Readonly<Record<string, unknown>>,
  at = '',
): Record<string, unknown> {
  const place = (key: string) => (at === '' ? key : `${at}.${key}`);
  const encoded = Object.fromEntries(
    columns.map(({ name, encode }) => [name, encode(Object.hasOwn(record, name) ? record[name] : null, place(name))]),
  );
  const lost = Object.keys(record).find((key) => record[key] !== undefined && !Object.hasOwn(encoded, key));
  if (lost !== undefined) {
    const known = columns.map(({ name }) => name).join(', ');
    throw new TypeError(`"${place(lost)}" is no declared field; declared: ${known}`);
  }
  return encoded;
}

function encodeAs({ matches, called, encode }: Kind): Encode {
  return (value, at) => {
    if (value === undefined || value === null) return null;
    if (!matches(value)) throw mismatch(at, called, value);
    return encode === undefined ? value : encode(value as never);
  };
}

function mismatch(at: string, expected: string, value: unknown): TypeError {
  const seen = typeof value === 'number' || typeof value === 'bigint' ? String(value) : describeKind(value);
  return new TypeError(`"${at}": expected ${expected}, got ${seen}`);
}

function kindOf({ type, anyOf, ...schema }: JsonSchema): string | undefined {
  const values = 'const' in schema ? [schema.const] : (schema.enum ?? []);
  const found = new Set<string | undefined>(anyOf?.map((branch) => kindOf(branch as JsonSchema)));
  if (typeof type === 'string') found.add(type);
  else if (type === undefined)
    for (const value of values) found.add(Number.isInteger(value) ? 'integer' : typeof value);
  if (found.size === 2 && found.has('integer') && found.has('number')) return 'number';
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const { type, anyOf } = schema;
  if (Array.isArray(type)) {
    const rest = type.filter((name) => name !== 'null');
    return { ...schema, type: rest.length === 1 ? (rest[0] as string) : rest };
  }
  const rest = anyOf?.filter((branch) => (branch as JsonSchema).type !== 'null');
  if (rest?.length === 1) return withoutNull(rest[0] as JsonSchema);
  return rest === undefined ? schema : { ...schema, anyOf: rest };
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
