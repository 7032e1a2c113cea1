import { stringify } from 'yaml';

/** What a task says under `card:`. */
export interface CardKeys {
  readonly license?: string;
  readonly language?: string | readonly string[];
  readonly pretty_name?: string;
  readonly tags?: readonly string[];
  readonly task_categories?: readonly string[];
  readonly task_ids?: readonly string[];
  readonly source_datasets?: readonly string[];
  readonly annotations_creators?: readonly string[];
  readonly language_creators?: readonly string[];
}

/** A configuration of a dataset, as hubs and `datasets` read it. */
export interface CardConfig {
  readonly config_name: string;
  readonly data_files: readonly SplitFiles[];
}

/** The files of one split: a path or a pattern, or several of them. */
export interface SplitFiles {
  readonly split: string;
  readonly path: string | readonly string[];
}

/** What the front matter takes from one of the datasets of a card. */
export interface CardEntry {
  readonly keys: CardKeys;
  readonly rows: number;
  readonly configs: readonly CardConfig[];
}

/** The front matter of a card. Nothing is in it that neither a task says nor the files tell. */
export function makeFrontMatter(entries: readonly CardEntry[]): Record<string, unknown> {
  const gather = (name: keyof CardKeys) => [...new Set(entries.flatMap(({ keys }) => keys[name] ?? []))];
  const names = gather('pretty_name');
  const all: Record<string, unknown> = {
    language: gather('language'),
    license: oneOrAll(gather('license')),
    pretty_name: names.length === 1 ? names[0] : undefined,
    size_categories: [sizeCategory(entries.reduce((sum, { rows }) => sum + rows, 0))],
    tags: [...new Set(['synthetic', 'dgt', ...gather('tags')])],
    annotations_creators: gather('annotations_creators'),
    language_creators: gather('language_creators'),
    source_datasets: gather('source_datasets'),
    task_categories: gather('task_categories'),
    task_ids: gather('task_ids'),
    configs: joinConfigs(entries.flatMap(({ configs }) => configs)),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}

/** The same as the first lines of a page. */
export function writeFrontMatter(entries: readonly CardEntry[]): string {
  return `---\n${stringify(makeFrontMatter(entries), { lineWidth: 0, aliasDuplicateObjects: false })}---`;
}

/** As hubs name sizes: `n<1K`, `1K<n<10K` and so on. */
export function sizeCategory(rows: number): string {
  const limits = ['1K', '10K', '100K', '1M', '10M', '100M', '1B', '10B', '100B', '1T'];
  const above = limits.findIndex((_, index) => rows < 1000 * 10 ** index);
  if (above === 0) return 'n<1K';
  return above === -1 ? 'n>1T' : `${limits[above - 1]}<n<${limits[above]}`;
}

/** Those of one name are one, with the splits of all. */
function joinConfigs(configs: readonly CardConfig[]): CardConfig[] {
  const joined = new Map<string, Map<string, string[]>>();
  for (const { config_name: name, data_files: files } of configs) {
    const splits = joined.get(name) ?? new Map<string, string[]>();
    joined.set(name, splits);
    for (const { split, path } of files) splits.set(split, [...(splits.get(split) ?? []), ...[path].flat()]);
  }
  return [...joined].map(([config_name, splits]) => ({
    config_name,
    data_files: [...splits].map(([split, path]) => ({ split, path: oneOrAll(path) ?? [] })),
  }));
}

function oneOrAll(values: readonly string[]): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0];
}
