/** The splits that datasets usually have, each with the other names that it goes by. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  train: ['training'],
  test: ['testing', 'eval', 'evaluation'],
  validation: ['valid', 'val', 'dev'],
};

const knownSplits = Object.entries(otherNames).flat(2);

/** What is read when no split is asked for. */
export const usualSplit = 'train';

/** What {@link chooseSplit} found. */
export interface ChosenSplit {
  readonly chosen: readonly string[];
  /** The splits that there are. */
  readonly splits: readonly string[];
}

/**
 * Chooses the files of one split from those of a dataset folder, by the conventions of dataset hubs: `train.jsonl`,
 * `data/train-00000-of-00002.parquet`, `train/part-0.parquet`. A folder without splits is taken whole when no split was asked
 * for; one with splits gives `train` then.
 *
 * @param paths from the folder, with `/` between their parts.
 */
export function chooseSplit(paths: readonly string[], split: string | undefined): ChosenSplit {
  const names = split === undefined ? knownSplits : [split, ...knownSplits];
  const splitOf = new Map(paths.map((path) => [path, findSplit(path, names)]));
  const splits = [...new Set(splitOf.values())].filter((name) => name !== undefined).sort();
  if (splits.length === 0 && split === undefined) return { chosen: paths, splits };
  const wanted = split ?? usualSplit;
  const called = [wanted, ...(otherNames[wanted] ?? [])].find((name) => splits.includes(name));
  return { chosen: paths.filter((path) => called !== undefined && splitOf.get(path) === called), splits };
}

/** The split that a folder of the path or the start of the file's name tells. */
function findSplit(path: string, names: readonly string[]): string | undefined {
  const parts = path.split('/');
  const stem = (parts.pop() as string).replace(/\.[^.]+$/, '');
  const told = parts.find((part) => names.includes(part)) ?? names.find((name) => isOfSplit(stem, name));
  // In a folder of this name every file is called after its split, whatever that is called.
  return told ?? (parts.at(-1) === 'data' ? /^(.+)-\d{5}-of-\d{5}/.exec(stem)?.[1] : undefined);
}

function isOfSplit(stem: string, name: string): boolean {
  return stem.startsWith(name) && /^(?:$|[-_.]\d|[-_.]of|[-_.]part|[-_.]shard)/.test(stem.slice(name.length));
}
