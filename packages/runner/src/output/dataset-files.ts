import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that hold the rows of a dataset, or of one split of it. */
export interface DatasetFiles {
  readonly name: 'final_data' | 'formatted_data';
  /** `train`, unless the task splits its rows. */
  readonly split: string;
  /** The ending of the files. */
  readonly format: string;
  /** Their paths below the folder of the dataset, in the order of the rows. */
  readonly paths: readonly string[];
}

const ownFile = /^(final_data|formatted_data)(-\d{5,})?\.(jsonl|csv|parquet)$/;
const splitFile = /^(train|validation|test)\.(jsonl|csv|parquet)$/;

/** Finds the files with the rows of a dataset that are really in its folder: one, one for each chunk, or one for each split. */
export async function findDatasetFiles(folder: string): Promise<DatasetFiles[]> {
  const found: DatasetFiles[] = [];
  const names = (await readNames(folder)).sort();
  for (const name of ['final_data', 'formatted_data'] as const) {
    const own = names.filter((file) => ownFile.exec(file)?.[1] === name);
    // One format: what an earlier definition of the task wrote is not of this dataset.
    const format = ownFile.exec(own[0] ?? '')?.[3];
    if (format !== undefined) {
      found.push({ name, split: 'train', format, paths: own.filter((file) => file.endsWith(`.${format}`)) });
    } else if (names.includes(name)) found.push(...(await findSplits(folder, name)));
  }
  return found;
}

async function findSplits(folder: string, name: DatasetFiles['name']): Promise<DatasetFiles[]> {
  const names = await readNames(join(folder, name));
  const splits = names.flatMap((file): DatasetFiles[] => {
    const [, split, format] = splitFile.exec(file) ?? [];
    if (split === undefined || format === undefined) return [];
    return [{ name, split, format, paths: [`${name}/${file}`] }];
  });
  const order = ['train', 'validation', 'test'];
  return splits.sort((a, b) => order.indexOf(a.split) - order.indexOf(b.split));
}

async function readNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
