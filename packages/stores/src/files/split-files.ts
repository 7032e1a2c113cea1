import { relative, sep } from 'node:path';

/** Names that parts of a dataset go by. */
const knownSplits = ['train', 'training', 'test', 'testing', 'validation', 'valid', 'val', 'dev', 'eval'];

/**
 * Chooses the files of one split from a dataset folder, by the conventions of dataset hubs: `train.jsonl`,
 * `data/train-00000-of-00002.parquet`, `train/part-0.parquet`. A folder without splits is taken whole when no split was asked
 * for; one with splits gives `train` then.
 */
export function chooseSplit<F extends { readonly file: string }>(
  files: readonly F[],
  { folder, split }: { readonly folder: string; readonly split?: string | undefined },
): { readonly chosen: readonly F[]; readonly splits: readonly string[] } {
  const names = split === undefined ? knownSplits : [...knownSplits, split];
  const splitOf = new Map(files.map((file) => [file, findSplit(relative(folder, file.file), names)]));
  const splits = [...new Set(splitOf.values())].filter((name) => name !== undefined).sort();
  if (splits.length === 0 && split === undefined) return { chosen: files, splits };
  const wanted = split ?? 'train';
  return { chosen: files.filter((file) => splitOf.get(file) === wanted), splits };
}

/** The split that a folder of the path or the start of the file's name tells. */
function findSplit(path: string, names: readonly string[]): string | undefined {
  const parts = path.split(sep);
  const stem = (parts.pop() as string).replace(/\.[^.]+$/, '');
  return parts.find((part) => names.includes(part)) ?? names.find((name) => isOfSplit(stem, name));
}

function isOfSplit(stem: string, name: string): boolean {
  return stem.startsWith(name) && /^(?:$|[-_.]\d|[-_.]of|[-_.]part|[-_.]shard)/.test(stem.slice(name.length));
}
