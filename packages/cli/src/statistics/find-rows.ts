import { ConfigError, DgtError, type Row } from '@dgt/core';
import { findDatasetFiles, outputNames, readStatus } from '@dgt/runner';
import { defaultReadOptions, findFiles, formatOf, readFileRows, type FileFormat } from '@dgt/stores/files';
import { readNumber } from '@dgt/stores/statistics';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { showPath } from '../printing/paths.js';

/** A file of rows. */
interface RowFile {
  readonly file: string;
  /** What people call it. */
  readonly name: string;
  readonly format: FileFormat;
}

/** The rows of a dataset, and those that failed beside them. */
export interface FoundRows {
  /** Files that the rows stand in. */
  readonly files: readonly string[];
  readonly rows: AsyncIterable<Row>;
  /** Lines of the file of errors, where the dataset has one. */
  readonly failed: AsyncIterable<Row>;
}

interface Surroundings {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What each of these tells is that the folder is the output of a task. */
const signs = [outputNames.ledger, outputNames.results, outputNames.holder];

/**
 * Finds the rows that a path means: those of a data file; of a dataset of dgt `final_data`, or `data.jsonl` before there is
 * one; of any other folder all data files.
 *
 * @throws {@link ConfigError} DGT_FILE_UNREADABLE, DGT_DATA_MISSING; DGT_OPTION_INVALID for a folder above several datasets.
 */
export async function findRows(path: string, { workingFolder, environment }: Surroundings): Promise<FoundRows> {
  const dataset = await findDataset(resolve(workingFolder, path), path);
  if (dataset === undefined) {
    const search = { where: 'dgt stats', paths: [path], baseFolder: workingFolder, environment };
    return openRows(await findFiles(search), []);
  }
  const describe = (below: string): RowFile[] => {
    const file = join(dataset, below);
    const format = formatOf(file);
    return format === undefined || !existsSync(file) ? [] : [{ file, name: showPath(file, workingFolder), format }];
  };
  const final = (await findDatasetFiles(dataset)).filter(({ name }) => name === 'final_data');
  const files = final.flatMap(({ paths }) => paths).flatMap(describe);
  return openRows(files.length > 0 ? files : describe(outputNames.data), describe(outputNames.errors));
}

/** The folder of the dataset that a path means; undefined for files and folders of other systems. */
async function findDataset(place: string, path: string): Promise<string | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory() !== true) return undefined;
  if (await isDataset(place)) return place;
  const below: string[] = [];
  for (const folder of await listDatasets(place)) if (await isDataset(folder)) below.push(folder);
  if (below.length < 2) return below[0];
  const expected = `one dataset (${below.map((folder) => showPath(folder, place)).join(', ')})`;
  throw new ConfigError('DGT_OPTION_INVALID', { option: 'PATH', expected, value: path });
}

async function isDataset(folder: string): Promise<boolean> {
  return signs.some((name) => existsSync(join(folder, name))) || (await findDatasetFiles(folder)).length > 0;
}

async function listDatasets(folder: string): Promise<string[]> {
  try {
    return (await readStatus(folder)).map((status) => status.folder);
  } catch (error) {
    if (DgtError.isInstance(error)) return [];
    throw error;
  }
}

function openRows(files: readonly RowFile[], errors: readonly RowFile[]): FoundRows {
  return { files: files.map(({ name }) => name), rows: readAll(files), failed: readAll(errors) };
}

async function* readAll(files: readonly RowFile[]): AsyncGenerator<Row> {
  for (const { file, name, format } of files) {
    const isTable = format === 'csv' || format === 'tsv';
    for await (const row of readFileRows(file, { ...defaultReadOptions(), format, name }))
      yield isTable ? typeCells(row) : row;
  }
}

/** Tables are all text: here a cell is the number that it reads as, and an empty one is none. */
function typeCells(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, cell]) => cell !== '')
      .map(([column, cell]) => [column, readNumber(cell) ?? cell]),
  );
}
