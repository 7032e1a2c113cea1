import { DgtError, locateFile, missing, parsePath, readPath, Type, type Random, type Static } from '@dgt/core';
import { createHash } from 'node:crypto';
import { readPieces, readRecords } from '../internal/record-file.js';
import { defineKind, type KindServices } from './field-kind.js';

const file = {
  /** A `.jsonl` or `.json` file (a list), or any other one with a text on each line. */
  file: Type.String({ minLength: 1 }),
};

/** A record of a file, or what one column of it holds. */
export const recordOptions = Type.Object(
  {
    ...file,
    /** A field or path in its records; the whole record without. Records without it are left out. */
    column: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

/** Several records of a file. */
export const subsetOptions = Type.Object(
  { ...recordOptions.properties, count: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);

/** The values of {@link recordOptions}. */
export type RecordOptions = Static<typeof recordOptions>;

/** The values of {@link subsetOptions}. */
export type SubsetOptions = Static<typeof subsetOptions>;

/**
 * Reads the records of a file, or one column of them, to draw from: `random.choice(readColumn(...))`,
 * `random.sample(readColumn(...), 5)`.
 *
 * @throws ConfigError DGT_FILE_UNREADABLE.
 */
export function readColumn(path: string, column?: string): unknown[] {
  const place = column === undefined ? undefined : parsePath(column);
  const values: unknown[] = [];
  for (const { value } of readRecords(path)) {
    if (place === undefined) values.push(value);
    else {
      const found = tryRead(value, place);
      if (found !== missing) values.push(found);
    }
  }
  return values;
}

function tryRead(record: unknown, place: ReturnType<typeof parsePath>): unknown {
  try {
    return readPath(record, place);
  } catch (error) {
    if (DgtError.isInstance(error)) return missing;
    throw error;
  }
}

/** One record of a file, or what a column of it holds. */
export const record = defineKind(recordOptions, {
  open(options, services) {
    const values = readSome(options, services, 1);
    return (random) => random.choice(values);
  },
  define: (options, services) => digest(options, services),
});

/** Several records of a file, none twice, in random order. */
export const subset = defineKind(subsetOptions, {
  open(options, services) {
    const values = readSome(options, services, options.count);
    return (random: Random) => random.sample(values, options.count);
  },
  define: (options, services) => digest(options, services),
});

function readSome({ file: path, column }: RecordOptions, services: KindServices, least: number): unknown[] {
  const values = readColumn(locateFile(path, services), column);
  if (values.length >= least) return values;
  const what = column === undefined ? 'records' : `records with "${column}"`;
  throw new RangeError(`${path} has ${values.length} ${what}, ${least} are drawn`);
}

function digest({ file: path }: RecordOptions, services: KindServices): string {
  const hash = createHash('sha256');
  for (const piece of readPieces(locateFile(path, services))) hash.update(piece);
  return hash.digest('hex');
}
