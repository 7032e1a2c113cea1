import type { Row } from '@dgt/core';
import type { ByteSource } from './byte-source.js';
import { dataError, excerpt, reasonOf } from './data-error.js';
import { readLines, type TextLine } from './decode-text.js';
import { parseExactJson } from './exact-json.js';
import { describeKind, isRecord } from './json-value.js';
import type { FileReadOptions } from './read-options.js';

/** Reads one JSON object per line; empty lines are no rows. */
export async function* readJsonLines(source: ByteSource, options: FileReadOptions): AsyncGenerator<Row> {
  const { skip, encoding, signal } = options;
  for await (const line of readLines(source, encoding)) {
    signal?.throwIfAborted();
    if (isBlank(line.text)) continue;
    if (skip.remaining > 0) skip.remaining--;
    else yield parseLine(source.name, line);
  }
}

function parseLine(name: string, { text, number, isOpen }: TextLine): Row {
  const place = `${name}:${number}`;
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    const torn = isOpen ? ' (the file ends inside of this line: it was cut off)' : '';
    throw dataError(place, `is not JSON: ${reasonOf(error)}${torn}`, error);
  }
  if (isRecord(value)) return value;
  throw dataError(place, `expected an object, got ${describeKind(value)}: ${excerpt(text)}`);
}

function isBlank(text: string): boolean {
  return text === '' || text.trim() === '';
}

/** The text of rows as JSON lines, in pieces that are worth a write. */
export async function* writeJsonLines(rows: Iterable<Row> | AsyncIterable<Row>): AsyncGenerator<string> {
  yield* gather(rows, (row) => `${JSON.stringify(row)}\n`);
}

/**
 * The text of rows as a list in JSON, in pieces that are worth a write: a row a line, or a member a line where these are
 * indented.
 *
 * @param indent the spaces before each level.
 */
export async function* writeJsonList(
  rows: Iterable<Row> | AsyncIterable<Row>,
  { indent = 0 }: { readonly indent?: number | undefined } = {},
): AsyncGenerator<string> {
  const write = (row: Row) =>
    indent === 0 ? `\n${JSON.stringify(row)}` : JSON.stringify([row], undefined, indent).slice(1, -2);
  yield '[';
  yield* gather(rows, (row, index) => (index === 0 ? '' : ',') + write(row));
  yield '\n]\n';
}

async function* gather(
  rows: Iterable<Row> | AsyncIterable<Row>,
  write: (row: Row, index: number) => string,
): AsyncGenerator<string> {
  let piece = '';
  let index = 0;
  for await (const row of rows) {
    piece += write(row, index++);
    if (piece.length > 1 << 18) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
