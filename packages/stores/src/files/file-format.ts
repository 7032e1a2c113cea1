import { basename } from 'node:path';
import type { Row } from '@dgt/core';
import { readArrow } from './arrow-reader.js';
import { fileBytes, type ByteSource, type StoredBytes } from './byte-source.js';
import { readCsv } from './csv-file.js';
import { readJson, readTextFile, readYaml } from './document-files.js';
import { readJsonLines } from './json-lines.js';
import { readParquet } from './parquet-reader.js';
import type { FileReadOptions } from './read-options.js';

/** The formats that rows are read from, by the ending of the file. */
export const fileFormats = [
  'jsonl',
  'ndjson',
  'json',
  'yaml',
  'yml',
  'csv',
  'tsv',
  'parquet',
  'arrow',
  'txt',
  'md',
] as const;

export type FileFormat = (typeof fileFormats)[number];

/** The formats that can be read from a stream. */
export type StreamFormat = Exclude<FileFormat, keyof typeof tableReaders>;

type ReadBytes = (source: ByteSource, options: FileReadOptions) => AsyncGenerator<Row>;

/** Formats that are read where they lie: only there can parts be passed over. */
const tableReaders = { parquet: readParquet, arrow: readArrow };

const readers: Readonly<Record<StreamFormat, ReadBytes>> = {
  jsonl: readJsonLines,
  ndjson: readJsonLines,
  json: readJson,
  yaml: readYaml,
  yml: readYaml,
  csv: readCsv,
  tsv: readCsv,
  txt: readTextFile,
  md: readTextFile,
};

/** The format that the ending of a file name tells. */
export function formatOf(file: string): FileFormat | undefined {
  const ending = /\.([^.]+)$/.exec(basename(file))?.[1]?.toLowerCase();
  return fileFormats.find((format) => format === ending);
}

/**
 * The rows of a file.
 *
 * @param name what errors call the file.
 */
export function readFileRows(
  file: string,
  options: FileReadOptions & { readonly format: FileFormat; readonly name?: string },
): AsyncGenerator<Row> {
  return readStoredRows(fileBytes(file, options.name), options);
}

/** The rows of a file, wherever it is. */
export function readStoredRows(
  source: StoredBytes,
  options: FileReadOptions & { readonly format: FileFormat },
): AsyncGenerator<Row> {
  const { format } = options;
  return isStreamFormat(format) ? readers[format](source, options) : tableReaders[format](source, options);
}

/** Whether a format can be read from a stream. */
export function isStreamFormat(format: FileFormat): format is StreamFormat {
  return !(format in tableReaders);
}

/** The rows of a stream of bytes; parquet and Arrow are none. */
export function readStreamRows(
  source: ByteSource,
  options: FileReadOptions & { readonly format: StreamFormat },
): AsyncGenerator<Row> {
  return readers[options.format](source, options);
}
