import { ConfigError, DgtError, missing, readPath, type Path } from '@dgt/core';
import { joinTexts } from './compared-text.js';
import { readRecords, type RecordFileOptions } from '../internal/record-file.js';

/** A text from outside of the rows, which no row may repeat. */
export interface OutsideText {
  readonly text: string;
  /** Stands in `against` of a row that repeats it. */
  readonly label: unknown;
  /** Why such a row is dropped. */
  readonly reason: string;
}

/** A file whose records no row may repeat. */
export interface OutsideFile extends RecordFileOptions {
  readonly path: string;
  /** How the file is called in reasons and errors. */
  readonly name: string;
}

/** How the text that is compared is found in a record. */
export interface RecordReader {
  /** The name of the block, for errors. */
  readonly block: string;
  /** Where it stands in a record; undefined when the record is read as a row is. */
  readonly field: Path | undefined;
  readonly readInput: (record: object) => { readonly input: unknown };
}

/**
 * The texts of a file. A record that has none is left out, as records of one file may differ.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a file with records none of which has one: what is meant is elsewhere.
 */
export function* listTexts({ path, name, ...options }: OutsideFile, reader: RecordReader): Generator<OutsideText> {
  const reason = `repeats a text of ${name}`;
  let records = 0;
  let texts = 0;
  let first: unknown;
  for (const { value, line } of readRecords(path, options)) {
    first ??= value;
    records++;
    const text = readText(value, reader);
    if (text === undefined) continue;
    texts++;
    yield { text, label: { file: name, line }, reason };
  }
  if (records === 0 || texts > 0) return;
  const place = reader.field === undefined ? 'the fields that are compared' : `"${reader.field.text}"`;
  const seen = typeof first === 'object' && first !== null ? Object.keys(first).join(', ') : JSON.stringify(first);
  const problems = `against: no record of ${name} has text at ${place}; the first one has: ${seen}`;
  throw new ConfigError('DGT_BLOCK_CONFIG', { block: reader.block, problems });
}

function readText(record: unknown, { block, field, readInput }: RecordReader): string | undefined {
  if (typeof record === 'string') return record;
  if (typeof record !== 'object' || record === null) return undefined;
  try {
    const value = field === undefined ? readInput(record).input : readPath(record, field);
    return value === missing || value === undefined ? undefined : joinTexts(value, block);
  } catch (error) {
    if (DgtError.isInstance(error)) return undefined;
    throw error;
  }
}
