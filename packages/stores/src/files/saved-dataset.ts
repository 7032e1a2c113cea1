import { ConfigError, suggestNearest } from '@dgt/core';
import { dataError, reasonOf } from './data-error.js';
import type { FolderListing, FolderSearch } from './dataset-folder.js';
import { describeKind, isRecord } from './json-value.js';
import { usualSplit } from './split-files.js';

/**
 * The folder to read in what `save_to_disk` of Hugging Face datasets writes: that of the split, where `dataset_dict.json` says
 * which splits there are, or the whole folder (the empty text) of a single dataset. Undefined for any other folder.
 *
 * @throws {@link ConfigError} DGT_DATA_MISSING for a split or a configuration that is not there.
 */
export async function findSavedFolder(listing: FolderListing, search: FolderSearch): Promise<string | undefined> {
  const isDict = listing.paths.includes('dataset_dict.json');
  if (!isDict && !listing.paths.includes('state.json')) return undefined;
  if (search.config !== undefined) {
    const looked = `the config "${search.config}" of ${listing.name}`;
    throw new ConfigError('DGT_DATA_MISSING', {
      where: search.where,
      looked,
      found: '; a saved dataset has no configs',
    });
  }
  if (!isDict && search.split === undefined) return '';
  const names = isDict ? await readSplits(listing) : await readOwnSplit(listing);
  const wanted = search.split ?? usualSplit;
  if (names.includes(wanted)) return isDict ? `${wanted}/` : '';
  throw new ConfigError('DGT_DATA_MISSING', {
    where: search.where,
    looked: `the split "${wanted}" of ${listing.name}`,
    found: `; it has the splits: ${names.join(', ') || 'none'}${suggestNearest(wanted, names)}`,
  });
}

async function readSplits(listing: FolderListing): Promise<readonly string[]> {
  const { splits } = await readDescription(listing, 'dataset_dict.json');
  return Array.isArray(splits) ? splits.map(String) : [];
}

async function readOwnSplit(listing: FolderListing): Promise<readonly string[]> {
  const { _split: split } = await readDescription(listing, 'state.json');
  return typeof split === 'string' ? [split] : [];
}

/**
 * Of each folder that `save_to_disk` wrote, the files that its `state.json` names, in its order: others are caches of what
 * was made of the dataset later.
 */
export async function followStates(listing: FolderListing, paths: readonly string[]): Promise<readonly string[]> {
  let followed = paths;
  for (const state of listing.paths.filter((path) => /(?:^|\/)state\.json$/.test(path))) {
    const folder = state.slice(0, -'state.json'.length);
    const isOwn = (path: string) => path.startsWith(folder) && /^[^/]+\.arrow$/.test(path.slice(folder.length));
    const first = followed.findIndex(isOwn);
    if (first < 0) continue;
    const own = (await readDataFiles(listing, state)).map((name) => folder + name);
    const missing = own.find((path) => !listing.paths.includes(path));
    if (missing !== undefined) throw dataError(`${listing.name}/${state}`, `names ${missing}, which is not there`);
    const others = followed.filter((path) => !isOwn(path));
    const before = followed.slice(0, first).filter((path) => !isOwn(path)).length;
    followed = others.toSpliced(before, 0, ...own);
  }
  return followed;
}

async function readDataFiles(listing: FolderListing, path: string): Promise<readonly string[]> {
  const place = `${listing.name}/${path}`;
  const state = await readDescription(listing, path);
  const { _data_files: files, _indices_data_files: indices, _indices_files: olderIndices } = state;
  if ([indices, olderIndices].some((named) => Array.isArray(named) && named.length > 0)) {
    const problem =
      'the dataset was saved with an order of its own (_indices_data_files), which is not followed; save it again after ' +
      '`dataset.flatten_indices()`';
    throw dataError(place, problem);
  }
  if (!Array.isArray(files)) throw dataError(place, `_data_files: expected a list, got ${describeKind(files)}`);
  return files.map((file) => (isRecord(file) ? String(file['filename']) : String(file)));
}

async function readDescription(listing: FolderListing, path: string): Promise<Record<string, unknown>> {
  const place = `${listing.name}/${path}`;
  let value: unknown;
  try {
    value = JSON.parse(await listing.readText(path));
  } catch (error) {
    if (ConfigError.isInstance(error)) throw error;
    throw dataError(place, `is not JSON: ${reasonOf(error)}`, error);
  }
  if (isRecord(value)) return value;
  throw dataError(place, `expected an object, got ${describeKind(value)}`);
}
