import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError } from '@dgt/core';
import { glob } from 'tinyglobby';
import { unreadableFile } from './data-error.js';
import {
  chooseFiles,
  keepReadable,
  nothingFound,
  requireFormat,
  type FolderListing,
  type FolderSearch,
} from './dataset-folder.js';
import { expandVariables } from './expand-variables.js';
import { formatOf, type FileFormat } from './file-format.js';
import { isPattern } from './glob-pattern.js';

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
export interface FileSearch extends FolderSearch {
  /** Files, folders and patterns, in the order in which they are read. */
  readonly paths: readonly string[];
  readonly baseFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

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
  if (!isPattern(path)) {
    throw new ConfigError('DGT_FILE_UNREADABLE', { file: showPath(place, search), reason: 'it does not exist' });
  }
  const matched = await glob(path, {
    cwd: search.baseFolder,
    absolute: true,
    dot: false,
    expandDirectories: false,
  });
  const readable = keepReadable(matched, search);
  if (readable.length === 0) throw nothingFound(showPath(place, search), matched, search);
  return Promise.all(readable.map((file) => describeFile(file, search)));
}

async function findInFolder(folder: string, search: FileSearch): Promise<readonly DataFile[]> {
  const listing: FolderListing = {
    name: showPath(folder, search),
    paths: await glob('**/*', { cwd: folder, dot: false, expandDirectories: false }),
    readText: (path) => readText(join(folder, path), search),
  };
  const chosen = await chooseFiles(listing, search);
  return Promise.all(chosen.map((path) => describeFile(join(folder, path), search)));
}

async function readText(file: string, search: FileSearch): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadableFile(showPath(file, search), error);
  }
}

/** A file that is named in full is read whatever `data_formats` lets through, but its ending must be known. */
async function describeNamed(file: string, search: FileSearch): Promise<DataFile> {
  requireFormat(file, showPath(file, search), search);
  return describeFile(file, search);
}

async function describeFile(file: string, search: FileSearch): Promise<DataFile> {
  const name = showPath(file, search);
  try {
    const { size, mtimeMs } = await stat(file);
    return { file, name, format: formatOf(file) as FileFormat, bytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    throw unreadableFile(name, error);
  }
}

function showPath(path: string, { baseFolder }: FileSearch): string {
  const below = relative(baseFolder, path);
  return below === '' ? '.' : below.startsWith('..') || isAbsolute(below) ? path : below;
}
