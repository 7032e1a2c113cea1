import type { Row } from '@dgt/core';
import type { ByteSource } from './byte-source.js';
import { dataError, reasonOf } from './data-error.js';
import { readWholeText } from './decode-text.js';
import { parseExactJson } from './exact-json.js';
import { describeKind, isRecord, toJsonValue } from './json-value.js';
import type { FileReadOptions } from './read-options.js';

/** Reads a JSON file: a list of objects, or one object that is the only row. */
export async function* readJson(source: ByteSource, options: FileReadOptions): AsyncGenerator<Row> {
  const text = await readWholeText(source, options.encoding);
  if (text.trim() === '') return;
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    throw dataError(source.name, `is not JSON: ${reasonOf(error)}`, error);
  }
  yield* rowsOf(value, source.name, options);
}

/** Reads a YAML file: a list of mappings, or one mapping. Dates stay text, as everything does that YAML 1.2 does not type. */
export async function* readYaml(source: ByteSource, options: FileReadOptions): AsyncGenerator<Row> {
  const text = await readWholeText(source, options.encoding);
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = toJsonValue(parse(text, { intAsBigInt: true, maxAliasCount: 1000 }));
  } catch (error) {
    throw dataError(source.name, `is not YAML: ${reasonOf(error).trimEnd()}`, error);
  }
  if (value !== null) yield* rowsOf(value, source.name, options);
}

/** Reads a text file as one row: `{ text }`. */
export async function* readTextFile(source: ByteSource, options: FileReadOptions): AsyncGenerator<Row> {
  if (options.skip.remaining > 0) options.skip.remaining--;
  else yield { text: await readWholeText(source, options.encoding) };
}

function* rowsOf(value: unknown, name: string, { skip, signal }: FileReadOptions): Generator<Row> {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const [index, item] of items.entries()) {
    signal?.throwIfAborted();
    if (skip.remaining > 0) skip.remaining--;
    else if (isRecord(item)) yield item;
    else {
      const place = Array.isArray(value) ? `${name}: item ${index + 1}` : name;
      throw dataError(place, `expected an object, got ${describeKind(item)}`);
    }
  }
}
