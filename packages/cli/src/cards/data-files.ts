import type { DatasetFiles } from '@dgt/runner';
import type { FrontPage } from '@dgt/core';
import type { CardFacts } from './card-facts.js';
import type { CardConfig } from './front-matter.js';

const forms = ['final_data', 'formatted_data'] as const;

/**
 * The configurations of each dataset in a folder: one for each form of its rows that has files. Those of one card are all of one
 * format, since loaders read them with one reader: that of the first.
 */
export function makeConfigs(datasets: readonly CardFacts[]): CardConfig[][] {
  const isOne = datasets.length === 1;
  const format = datasets.flatMap(({ files }) => files)[0]?.format;
  const taken = new Set<string>();
  return datasets.map((facts) =>
    forms.flatMap((form): CardConfig[] => {
      const files = facts.files.filter(({ name, format: own }) => name === form && own === format);
      if (files.length === 0) return [];
      const config_name = claimName(nameForm(form, isOne ? 'default' : facts.place), taken);
      const data_files = files.map((split) => ({ split: split.split, path: joinPath(facts.place, nameFiles(split)) }));
      return [{ config_name, data_files }];
    }),
  );
}

/**
 * The same of what lies on a hub: the files of this dataset that are there, under the names that they have there.
 *
 * @param there the files in the folder of the hub that the rows go to.
 */
export function makeHubConfigs({ files }: CardFacts, page: FrontPage, there: readonly string[]): CardConfig[] {
  const base = page.folder === '' || page.folder === 'data' ? 'default' : page.folder;
  return forms.flatMap((form): CardConfig[] => {
    const own = files.filter(({ name }) => name === form).flatMap(({ paths }) => paths);
    const paths = own.map((path) => page.pathOf(path.replace(/\.\w+$/, ''))).filter((path) => there.includes(path));
    if (paths.length === 0) return [];
    const split = form === 'final_data' ? page.split : 'train';
    const config_name = claimName(nameForm(form, base), new Set());
    return [{ config_name, data_files: [{ split, path: summarizePaths(paths, { page, there }) }] }];
  });
}

/** One file by its name, several by the pattern that they have in common, as long as it takes in no other. */
function summarizePaths(
  paths: readonly string[],
  { page, there }: { page: FrontPage; there: readonly string[] },
): string | readonly string[] {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) return only;
  const start = joinPath(page.folder, `${page.split}-`);
  const isCommon = there.filter((path) => path.startsWith(start)).every((path) => paths.includes(path));
  return isCommon ? `${start}*.parquet` : paths;
}

function nameFiles({ name, format, paths }: DatasetFiles): string {
  return paths.length === 1 ? (paths[0] as string) : `${name}-*.${format}`;
}

function nameForm(form: (typeof forms)[number], base: string): string {
  if (form === 'final_data') return base;
  return base === 'default' ? 'formatted' : `${base}-formatted`;
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
