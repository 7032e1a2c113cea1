import type { Row } from '@dgt/core';
import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import { decimalText } from './decimal-text.js';
import { toJsonValue } from './json-value.js';

type ReadValue = (value: unknown, at: string) => unknown;

/**
 * The metadata with decimals as the plain numbers and bytes that are stored: hyparquet itself would make doubles of them,
 * which lose digits. {@link createRowReader} reads them.
 */
export function withoutDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (!isDecimal(element)) return element;
    const { converted_type: _converted, logical_type: _logical, ...plain } = element;
    return plain;
  });
  return { ...metadata, schema };
}

/** Makes the function that turns what hyparquet gives for a row into JSON, by the schema of the file. */
export function createRowReader(root: SchemaTree): (row: Readonly<Record<string, unknown>>) => Row {
  const readers = root.children.map((child) => [child.element.name, createReader(child)] as const);
  return (row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row[name], name)]));
}

function createReader(node: SchemaTree): ReadValue {
  if (!containsDecimal(node)) return readPlain;
  if (node.children.length === 0) return orNull((value) => readDecimal(value, node.element.scale ?? 0));
  const repeated = node.children.find(({ element }) => element.repetition_type === 'REPEATED');
  if (repeated === undefined) return readStruct(node);
  const [key, value] = repeated.children;
  if (node.element.converted_type === 'MAP' && key !== undefined && value !== undefined)
    return readMap(createReader(value));
  return readList(createReader(repeated.children.length === 1 ? (repeated.children[0] as SchemaTree) : repeated));
}

/** A value without decimals; hyparquet gives undefined for a list or an object that is null. */
function readPlain(value: unknown, at: string): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map((item, index) => readPlain(item, `${at}[${index}]`));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return toJsonValue(value, at);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readPlain(member, `${at}.${key}`)]));
}

function readStruct(node: SchemaTree): ReadValue {
  const readers = new Map(node.children.map((child) => [child.element.name, createReader(child)]));
  return orNull((value, at) =>
    Object.fromEntries(
      Object.entries(value as object).map(([key, member]) => [key, readers.get(key)?.(member, `${at}.${key}`)]),
    ),
  );
}

function readMap(read: ReadValue): ReadValue {
  return orNull((value, at) =>
    Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, read(member, `${at}.${key}`)])),
  );
}

function readList(read: ReadValue): ReadValue {
  return orNull((value, at) => (value as readonly unknown[]).map((item, index) => read(item, `${at}[${index}]`)));
}

function orNull(read: ReadValue): ReadValue {
  return (value, at) => (value === undefined || value === null ? null : read(value, at));
}

function readDecimal(value: unknown, scale: number): string {
  return decimalText(value instanceof Uint8Array ? readSigned(value) : BigInt(value as number | bigint), scale);
}

function readSigned(bytes: Uint8Array): bigint {
  const unsigned = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(bytes.length * 8, unsigned);
}

function containsDecimal({ element, children }: SchemaTree): boolean {
  return isDecimal(element) || children.some(containsDecimal);
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL';
}
