import { extname, posix } from 'node:path';
import { ConfigError, suggestNearest } from '@dgt/core';
import { findConfig } from './dataset-configs.js';
import { fileFormats, formatOf, type FileFormat } from './file-format.js';
import { compareNaturally } from './natural-order.js';
import { findSavedFolder, followStates } from './saved-dataset.js';
import { chooseSplit, usualSplit } from './split-files.js';

/** What is below a folder, of this machine or of a hub. */
export interface FolderListing {
  /** What errors and people call the folder. */
  readonly name: string;
  /** The files, from the folder, with `/` between the parts of a path. */
  readonly paths: readonly string[];
  readText(path: string): Promise<string>;
}

/** Which files of a folder are taken. */
export interface FolderSearch {
  /** Who looks, for errors: `datastore "default"`. */
  readonly where: string;
  /** Endings of files that are taken; every known one when left out. */
  readonly formats?: readonly string[] | undefined;
  /** The part of a dataset folder that is taken. */
  readonly split?: string | undefined;
  /** Which of several datasets of one folder is taken. */
  readonly config?: string | undefined;
}

/** Files that describe a dataset and hold no rows. */
const descriptions = /(?:^|\/)(?:(?:dataset_infos?|dataset_dict|state)\.json$|(?:readme|license|changelog)\b[^/]*$)/i;

/**
 * Chooses the files of a folder that hold the rows that are asked for, in the order in which they are read: the split and the
 * configuration of a dataset folder, all of any other.
 *
 * @throws {@link ConfigError} DGT_DATA_MISSING
 */
export async function chooseFiles(listing: FolderListing, search: FolderSearch): Promise<readonly string[]> {
  const saved = await findSavedFolder(listing, search);
  const config = saved === undefined ? await findConfig(listing, search) : undefined;
  const folder = saved ?? config?.folder ?? '';
  const below = withoutRecords(listing.paths).filter((path) => path.startsWith(folder));
  const rows = withoutNotes(await followStates(listing, keepReadable(below, search)), search);
  if (rows.length === 0) throw nothingFound(listing.name, below, search);
  if (saved !== undefined) return rows;
  const choose = config?.chooseSplit ?? chooseSplit;
  const names = rows.map((path) => path.slice(folder.length));
  const { chosen, splits } = choose(names, search.split);
  if (chosen.length > 0) return chosen.map((name) => folder + name);
  const wanted = search.split ?? usualSplit;
  throw new ConfigError('DGT_DATA_MISSING', {
    where: search.where,
    looked: `the split "${wanted}" of ${listing.name}`,
    found: `; it has the splits: ${splits.join(', ') || 'none'}${suggestNearest(wanted, splits)}`,
  });
}

/** The paths that may hold rows, in the order in which they are read: by name with numbers by size. */
export function keepReadable(paths: readonly string[], { formats }: FolderSearch): readonly string[] {
  const taken = paths.filter((path) => {
    const format = formatOf(path);
    return format !== undefined && !descriptions.test(path) && (formats === undefined || formats.includes(format));
  });
  return taken.toSorted(compareNaturally);
}

/**
 * The format of a file that is named in full.
 *
 * @throws {@link ConfigError} DGT_DATA_MISSING for an ending that is not known.
 */
export function requireFormat(path: string, name: string, { where }: FolderSearch): FileFormat {
  const format = formatOf(path);
  if (format !== undefined) return format;
  const ending = extname(path).slice(1);
  const found = `: "${ending}" is no known ending${suggestNearest(ending, fileFormats)}; known: ${fileFormats.join(', ')}`;
  throw new ConfigError('DGT_DATA_MISSING', { where, looked: name, found });
}

/** The error for a folder or a pattern without files that can be read. */
export function nothingFound(looked: string, seen: readonly string[], { where, formats }: FolderSearch): ConfigError {
  const wanted = formats === undefined ? 'of a known format' : `that ends in ${formats.join(', ')}`;
  const found = seen.length === 0 ? ' (no file at all)' : ` (${seen.length} files, none ${wanted})`;
  return new ConfigError('DGT_DATA_MISSING', { where, looked, found });
}

/** Of a folder that a run has written, the dataset: the other files tell of the same rows again, or of the run. */
function withoutRecords(paths: readonly string[]): readonly string[] {
  const ledgers = paths.filter((path) => posix.basename(path) === 'ledger.db');
  const written = ledgers.map((path) => path.slice(0, -'ledger.db'.length));
  const isRecord = (path: string) =>
    written.some((folder) => path.startsWith(folder) && !/^final_data\b/.test(path.slice(folder.length)));
  return paths.filter((path) => !isRecord(path));
}

/** Notes beside the data are no rows, unless they are all there is or were asked for. */
function withoutNotes(paths: readonly string[], { formats }: FolderSearch): readonly string[] {
  const isNote = (path: string) => /\.(?:txt|md)$/i.test(path);
  return formats === undefined && !paths.every(isNote) ? paths.filter((path) => !isNote(path)) : paths;
}
