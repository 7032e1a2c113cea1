import { compileSchema, ConfigError, describeProblems, suggestNearest, Type, type Static } from '@dgt/core';
import { dataError, reasonOf } from './data-error.js';
import { createMatcher } from './glob-pattern.js';
import type { FolderListing, FolderSearch } from './dataset-folder.js';
import { usualSplit, type ChosenSplit } from './split-files.js';

const patterns = Type.Union([Type.String(), Type.Array(Type.String())]);
const splitFiles = Type.Object({ split: Type.String(), path: patterns });

const entry = Type.Object({
  config_name: Type.String(),
  default: Type.Optional(Type.Boolean()),
  data_dir: Type.Optional(Type.String()),
  data_files: Type.Optional(
    Type.Union([patterns, Type.Array(splitFiles), splitFiles, Type.Record(Type.String(), patterns)]),
  ),
});
const entries = compileSchema(Type.Array(entry));

type Entry = Static<typeof entry>;

/** One of several datasets of a folder. */
export interface DatasetConfig {
  /** The files of each split, where it names any. */
  chooseSplit?(paths: readonly string[], split: string | undefined): ChosenSplit;
  /** The folder that it keeps to, with `/` behind; empty for all. */
  readonly folder: string;
}

/**
 * Finds the configuration of a dataset folder that is asked for: under `configs:` in the first lines of its README.md, as
 * dataset hubs have it, or else the folder of that name.
 *
 * @throws {@link ConfigError} DGT_DATA_MISSING
 */
export async function findConfig(listing: FolderListing, search: FolderSearch): Promise<DatasetConfig | undefined> {
  const declared = listing.paths.includes('README.md') ? await readConfigs(listing) : [];
  const { config } = search;
  if (declared.length > 0) return describeEntry(chooseEntry(declared, listing, search));
  if (config === undefined) return undefined;
  const folder = `${config.replace(/\/+$/, '')}/`;
  if (listing.paths.some((path) => path.startsWith(folder))) return { folder };
  const folders = [...new Set(listing.paths.flatMap((path) => /^([^/]+)\//.exec(path)?.[1] ?? []))].sort();
  throw unknownConfig(listing, search, `it has the folders: ${list(config, folders)}`);
}

async function readConfigs(listing: FolderListing): Promise<readonly Entry[]> {
  const readme = await listing.readText('README.md');
  const header = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\s*(?:\r?\n|$)/.exec(readme)?.[1];
  if (header === undefined) return [];
  const { parse } = await import('yaml');
  const place = `${listing.name}/README.md`;
  let configs: unknown;
  try {
    configs = (parse(header) as { configs?: unknown } | null)?.configs;
  } catch (error) {
    throw dataError(place, `the lines between --- are not YAML: ${reasonOf(error).trimEnd()}`, error);
  }
  if (configs === undefined || configs === null) return [];
  const problems = entries.check(configs);
  if (problems.length > 0) throw dataError(place, `configs: ${describeProblems(problems)}`);
  return configs as Entry[];
}

function chooseEntry(declared: readonly Entry[], listing: FolderListing, search: FolderSearch): Entry {
  const { config } = search;
  const chosen =
    config === undefined
      ? (declared.find((one) => one.default === true) ??
        declared.find(({ config_name }) => config_name === 'default') ??
        (declared.length === 1 ? declared[0] : undefined))
      : declared.find(({ config_name }) => config_name === config);
  if (chosen !== undefined) return chosen;
  const names = declared.map(({ config_name }) => config_name);
  if (config !== undefined) throw unknownConfig(listing, search, `it has the configs: ${list(config, names)}`);
  throw new ConfigError('DGT_DATA_MISSING', {
    where: search.where,
    looked: listing.name,
    found: `: it has several configs; name one with data_config: ${names.join(', ')}`,
  });
}

function describeEntry({ data_dir, data_files }: Entry): DatasetConfig {
  const folder = (data_dir ?? '').replace(/^(?:\.?\/)+|\/+$/g, '').replace(/(.)$/, '$1/');
  if (data_files === undefined) return { folder };
  const bySplit = readDataFiles(data_files);
  const splits = [...bySplit.keys()].sort();
  return {
    folder,
    chooseSplit: (paths, split = usualSplit) => {
      const matchers = (bySplit.get(split) ?? []).map(createMatcher);
      return { chosen: paths.filter((path) => matchers.some((matches) => matches(path))), splits };
    },
  };
}

/** The patterns of each split; files without one are for training. */
function readDataFiles(files: NonNullable<Entry['data_files']>): ReadonlyMap<string, readonly string[]> {
  if (typeof files === 'string') return new Map([[usualSplit, [files]]]);
  if (!Array.isArray(files)) {
    const isOne = 'split' in files && 'path' in files;
    return new Map(
      isOne
        ? [[files['split'] as string, [files['path'] as string | string[]].flat()]]
        : Object.entries(files as Record<string, string | string[]>).map(([split, path]) => [split, [path].flat()]),
    );
  }
  const bySplit = new Map<string, string[]>();
  for (const file of files) {
    const { split, path } = typeof file === 'string' ? { split: usualSplit, path: file } : file;
    bySplit.set(split, [...(bySplit.get(split) ?? []), ...[path].flat()]);
  }
  return bySplit;
}

function unknownConfig(listing: FolderListing, search: FolderSearch, found: string): ConfigError {
  const looked = `the config "${search.config}" of ${listing.name}`;
  return new ConfigError('DGT_DATA_MISSING', { where: search.where, looked, found: `; ${found}` });
}

function list(wanted: string, names: readonly string[]): string {
  return `${names.join(', ') || 'none'}${suggestNearest(wanted, names)}`;
}
