import type { DatasetFiles } from '@dgt/runner';
import type { CardFacts } from './card-facts.js';

/** What a task says under `card:`. */
export interface CardKeys {
  readonly license?: string;
  readonly language?: string | readonly string[];
  readonly pretty_name?: string;
  readonly tags?: readonly string[];
  readonly task_categories?: readonly string[];
  readonly source_datasets?: readonly string[];
}

/** A configuration of a dataset, as hubs and `datasets` read it. */
export interface CardConfig {
  readonly config_name: string;
  readonly data_files: readonly { readonly split: string; readonly path: string }[];
}

/** The keys of a dataset that its task file says. */
export function cardKeysOf({ card }: CardFacts): CardKeys {
  return (card?.task?.['card'] ?? {}) as CardKeys;
}

/** The front matter of a card. Nothing is in it that neither a task says nor the files tell. */
export function makeFrontMatter(datasets: readonly CardFacts[]): Record<string, unknown> {
  const keys = datasets.map(cardKeysOf);
  const gather = (read: (keys: CardKeys) => string | readonly string[] | undefined) => [
    ...new Set(keys.flatMap((said) => read(said) ?? [])),
  ];
  const names = gather(({ pretty_name: name }) => name);
  const sources = [...gather(({ source_datasets: said }) => said), ...datasets.flatMap(findHubSources)];
  const configs = makeConfigs(datasets);
  const all: Record<string, unknown> = {
    language: gather(({ language }) => language),
    license: oneOrAll(gather(({ license }) => license)),
    pretty_name: names.length === 1 ? names[0] : undefined,
    size_categories: [sizeCategory(datasets.reduce((sum, facts) => sum + countRows(facts), 0))],
    tags: ['synthetic', 'dgt', ...gather(({ tags }) => tags)],
    task_categories: gather(({ task_categories: said }) => said),
    source_datasets: [...new Set(sources)],
    configs,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}

/**
 * A configuration for each form of the rows that has files. Those of one card are all of one format, since loaders read them
 * with one reader: that of the first.
 */
export function makeConfigs(datasets: readonly CardFacts[]): CardConfig[] {
  const isOne = datasets.length === 1;
  const format = datasets.flatMap(({ files }) => files)[0]?.format;
  const taken = new Set<string>();
  return datasets.flatMap((facts) =>
    (['final_data', 'formatted_data'] as const).flatMap((form): CardConfig[] => {
      const files = facts.files.filter(({ name, format: own }) => name === form && own === format);
      if (files.length === 0) return [];
      const base = isOne ? 'default' : facts.place;
      const wanted = form === 'final_data' ? base : isOne ? 'formatted' : `${base}-formatted`;
      const data_files = files.map((split) => ({ split: split.split, path: joinPath(facts.place, nameFiles(split)) }));
      return [{ config_name: claimName(wanted, taken), data_files }];
    }),
  );
}

/** The rows that a dataset has. */
export function countRows({ results, live, status }: CardFacts): number {
  return live?.rows ?? results?.rows ?? status.rows;
}

/** As hubs name sizes: `n<1K`, `1K<n<10K` and so on. */
export function sizeCategory(rows: number): string {
  const limits = ['1K', '10K', '100K', '1M', '10M', '100M', '1B', '10B', '100B', '1T'];
  const above = limits.findIndex((_, index) => rows < 1000 * 10 ** index);
  if (above === 0) return 'n<1K';
  return above === -1 ? 'n>1T' : `${limits[above - 1]}<n<${limits[above]}`;
}

/** One file by its name, several by the pattern that they have in common. */
export function nameFiles({ name, format, paths }: DatasetFiles): string {
  return paths.length === 1 ? (paths[0] as string) : `${name}-*.${format}`;
}

/** Datasets of a hub that the rows were made from. */
function findHubSources({ card }: CardFacts): string[] {
  const { data } = card?.task ?? {};
  const paths = (data as { data_path?: unknown } | undefined)?.data_path;
  return [paths].flat().flatMap((path) => {
    const [, dataset] = /^hf:\/\/datasets\/([^/@]+\/[^/@?]+)/.exec(String(path)) ?? [];
    return dataset === undefined ? [] : [dataset];
  });
}

function oneOrAll(values: readonly string[]): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0];
}

/** Names of configurations may not hold what paths do. */
function claimName(wanted: string, taken: Set<string>): string {
  const base = wanted.replace(/[<>:/\\|?*]/g, '-');
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  taken.add(name);
  return name;
}

function joinPath(place: string, path: string): string {
  return place === '' ? path : `${place}/${path}`;
}
