import { ConfigError } from '@dgt/core';
import { chooseFiles, keepReadable, nothingFound, requireFormat, type FolderSearch } from '../files/dataset-folder.js';
import { createMatcher, isPattern } from '../files/glob-pattern.js';
import type { HubDataset, HubFileEntry } from './hub-dataset.js';

/**
 * Finds the files of a dataset of a hub that a path names, by the rules for folders of this machine.
 *
 * @param path a file, a folder or a pattern; empty for the whole dataset.
 * @throws {@link ConfigError} DGT_DATA_MISSING, DGT_FILE_UNREADABLE
 */
export async function findHubFiles(
  dataset: HubDataset,
  path: string,
  search: FolderSearch,
): Promise<readonly HubFileEntry[]> {
  const name = dataset.nameOf(path);
  if (isPattern(path)) return findMatches(dataset, path, search);
  const file = path === '' ? undefined : await dataset.findFile(path);
  if (file !== undefined) {
    requireFormat(path, name, search);
    return [file];
  }
  const found = await dataset.listFiles(path);
  if (found === undefined) throw new ConfigError('DGT_FILE_UNREADABLE', { file: name, reason: 'it does not exist' });
  const prefix = path === '' ? '' : `${path}/`;
  const entries = new Map(found.map((entry) => [entry.path.slice(prefix.length), entry]));
  const listing = {
    name,
    paths: [...entries.keys()],
    readText: (below: string) => dataset.readText(entries.get(below) as HubFileEntry),
  };
  const chosen = await chooseFiles(listing, search);
  return chosen.map((below) => entries.get(below) as HubFileEntry);
}

async function findMatches(
  dataset: HubDataset,
  pattern: string,
  search: FolderSearch,
): Promise<readonly HubFileEntry[]> {
  const parts = pattern.split('/');
  const folder = parts.slice(0, parts.findIndex(isPattern)).join('/');
  const found = (await dataset.listFiles(folder)) ?? [];
  const matches = createMatcher(pattern);
  const matched = new Map(found.filter(({ path }) => matches(path)).map((entry) => [entry.path, entry]));
  const readable = keepReadable([...matched.keys()], search);
  if (readable.length === 0) throw nothingFound(dataset.nameOf(pattern), [...matched.keys()], search);
  return readable.map((path) => matched.get(path) as HubFileEntry);
}
