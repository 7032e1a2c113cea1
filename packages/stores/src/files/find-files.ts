import { stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, relative, resolve } from 'node:path';
import { ConfigError, suggestNearest } from '@dgt/core';
import { glob } from 'tinyglobby';
import { dataError, unreadableFile } from './data-error.js';
import { expandVariables } from './expand-variables.js';
import { fileFormats, formatOf, type FileFormat } from './file-format.js';
import { compareNaturally } from './natural-order.js';
import { chooseSplit } from './split-files.js';

/** A file that rows are read from. */
export interface DataFile {
  /** Its absolute path. */
  readonly file: string;
  /** What errors and people call it: from the base folder when it lies below. */
  readonly name: string;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Where files are looked for. */
export interface FileSearch {
  /** Who looks, for errors: `datastore "default"`. */
  readonly where: string;
  /** Files, folders and patterns, in the order in which they are read. */
  readonly paths: readonly string[];
  /** Endings of files that are taken, from folders and patterns; every known one when left out. */
  readonly formats?: readonly string[] | undefined;
  /** The part of a dataset folder that is taken. */
  readonly split?: string | undefined;
  readonly baseFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Files that describe a dataset and hold no rows. */
const descriptions = /^(?:dataset_infos?|dataset_dict|state)\.json$|^(?:readme|license|changelog)\b/i;

/**
 * Finds the files that paths name: one by one, all of a folder, or those that match a pattern. The order is the same on
 * every machine: as the paths are written, and within one by name with numbers by size, so that shard 10 follows shard 9.
 *
 * @throws {@link ConfigError} DGT_DATA_MISSING, DGT_FILE_UNREADABLE, DGT_ENV_MISSING
 */
export async function findFiles(search: FileSearch): Promise<DataFile[]> {
  const found = new Map<string, DataFile>();
  for (const written of search.paths) {
    const path = expandVariables(written, search);
    for (const file of await findPath(path, search)) if (!found.has(file.file)) found.set(file.file, file);
  }
  return [...found.values()];
}

async function findPath(path: string, search: FileSearch): Promise<readonly DataFile[]> {
  const place = resolve(search.baseFolder, path);
  const entry = await stat(place).catch(() => undefined);
  if (entry?.isDirectory()) return findInFolder(place, search);
  if (entry !== undefined) return [await describeNamed(place, search)];
  if (!/[*?[{]/.test(path)) {
    throw new ConfigError('DGT_FILE_UNREADABLE', { file: showPath(place, search), reason: 'it does not exist' });
  }
  const matched = await glob(path, {
    cwd: search.baseFolder,
    absolute: true,
    dot: false,
    expandDirectories: false,
  });
  const files = await describeFiles(matched, search);
  if (files.length === 0) throw nothingFound(showPath(place, search), matched, search);
  return files;
}

async function findInFolder(folder: string, search: FileSearch): Promise<readonly DataFile[]> {
  const all = await glob('**/*', { cwd: folder, absolute: true, dot: false, expandDirectories: false });
  const arrow = all.find((file) => extname(file) === '.arrow');
  const files = await describeFiles(all, search);
  const isText = ({ format }: DataFile) => format === 'txt' || format === 'md';
  // Notes beside the data are no rows, unless they are all there is or were asked for.
  const rows = search.formats === undefined && !files.every(isText) ? files.filter((file) => !isText(file)) : files;
  if (rows.length === 0 && arrow !== undefined) {
    throw dataError(
      showPath(arrow, search),
      'is an Arrow file, which is not read; save the dataset as parquet (`dataset.to_parquet("train.parquet")`)',
    );
  }
  if (rows.length === 0) throw nothingFound(showPath(folder, search), all, search);
  const { chosen, splits } = chooseSplit(rows, { folder, split: search.split });
  if (chosen.length > 0) return chosen;
  throw new ConfigError('DGT_DATA_MISSING', {
    where: search.where,
    looked: `the split "${search.split ?? 'train'}" of ${showPath(folder, search)}`,
    found: `; it has the splits: ${splits.join(', ') || 'none'}${suggestNearest(search.split ?? 'train', splits)}`,
  });
}

async function describeFiles(matched: readonly string[], search: FileSearch): Promise<DataFile[]> {
  const taken = matched.filter((file) => {
    const format = formatOf(file);
    if (format === undefined || descriptions.test(basename(file))) return false;
    return search.formats === undefined || search.formats.includes(format);
  });
  const files = await Promise.all(taken.map((file) => describeFile(file, formatOf(file) as FileFormat, search)));
  return files.sort((a, b) => compareNaturally(a.name, b.name));
}

/** A file that is named in full is read whatever `data_formats` lets through, but its ending must be known. */
async function describeNamed(file: string, search: FileSearch): Promise<DataFile> {
  const format = formatOf(file);
  if (format !== undefined) return describeFile(file, format, search);
  const ending = extname(file).slice(1);
  throw new ConfigError('DGT_DATA_MISSING', {
    where: search.where,
    looked: showPath(file, search),
    found: `: "${ending}" is no known ending${suggestNearest(ending, fileFormats)}; known: ${fileFormats.join(', ')}`,
  });
}

async function describeFile(file: string, format: FileFormat, search: FileSearch): Promise<DataFile> {
  const name = showPath(file, search);
  try {
    const { size, mtimeMs } = await stat(file);
    return { file, name, format, bytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    throw unreadableFile(name, error);
  }
}

function showPath(path: string, { baseFolder }: FileSearch): string {
  const below = relative(baseFolder, path);
  return below === '' ? '.' : below.startsWith('..') || isAbsolute(below) ? path : below;
}

function nothingFound(looked: string, seen: readonly string[], { where, formats }: FileSearch): ConfigError {
  const wanted = formats === undefined ? 'of a known format' : `that ends in ${formats.join(', ')}`;
  const found = seen.length === 0 ? ' (no file at all)' : ` (${seen.length} files, none ${wanted})`;
  return new ConfigError('DGT_DATA_MISSING', { where, looked, found });
}
