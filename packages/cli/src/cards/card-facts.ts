import { ConfigError } from '@dgt/core';
import {
  findDatasetFiles,
  inspectDatasets,
  readLiveDataset,
  readTaskCard,
  type DatasetFiles,
  type DatasetOverview,
  type LiveDataset,
  type StartedTask,
} from '@dgt/runner';
import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** What is known of a dataset that a card tells of. */
export interface CardFacts extends DatasetOverview {
  /** Where it is below the folder of the card; empty where it is that folder. */
  readonly place: string;
  /** The files with its rows that are there. */
  readonly files: readonly DatasetFiles[];
  /** How far it is, where a run works on it or has ended without a report. */
  readonly live: LiveDataset | undefined;
}

/** What one card tells of. */
export interface CardSubject {
  /** The folder that the card belongs to. */
  readonly folder: string;
  readonly datasets: readonly CardFacts[];
}

/**
 * Reads what a card says of the dataset of a folder, or of all datasets below it; parts of one that is cut into shards are told
 * of by the whole. Takes no lock.
 *
 * @throws {@link ConfigError} DGT_STATUS_MISSING; {@link RunError} DGT_LEDGER_UNUSABLE
 */
export async function readCardFacts(path: string): Promise<CardSubject> {
  const asked = resolve(path);
  const root = (await stat(asked).catch(() => undefined))?.isFile() === true ? dirname(asked) : asked;
  const found = (await inspectDatasets(root)).filter(({ status }) => !isPart(relative(root, status.folder)));
  const [only] = found;
  if (only === undefined) throw new ConfigError('DGT_STATUS_MISSING', { path });
  const folder = found.length === 1 ? only.status.folder : root;
  const datasets: CardFacts[] = [];
  for (const overview of found) datasets.push(await gatherFacts(overview, folder));
  return { folder, datasets };
}

/**
 * What a card says of a dataset that this process works on, told by the run itself: its ledger is neither read nor copied.
 *
 * @param startedAt when the run began, in milliseconds since 1970.
 */
export async function gatherLiveFacts(task: StartedTask, startedAt: number): Promise<CardFacts> {
  const { taskName, folder, quota } = task;
  const { made, ...progress } = task.datasetProgress();
  return {
    status: {
      task_name: taskName,
      folder,
      status: 'running',
      message: 'a run is at work',
      rows: progress.rows,
      num_outputs_to_generate: quota,
      last_activity: undefined,
    },
    results: undefined,
    card: await readTaskCard(folder),
    place: '',
    files: await findDatasetFiles(folder),
    live: { ...progress, run: { startedAt, made } },
  };
}

async function gatherFacts(overview: DatasetOverview, root: string): Promise<CardFacts> {
  const { folder, status } = overview.status;
  const hasReport = overview.results !== undefined && !['running', 'elsewhere', 'interrupted'].includes(status);
  return {
    ...overview,
    place: relative(root, folder).split(sep).join('/'),
    files: await findDatasetFiles(folder),
    live: hasReport ? undefined : await readLiveDataset(folder),
  };
}

/** Whether a folder holds a part of a dataset: `<task>/shards/1-of-4`. */
function isPart(place: string): boolean {
  return join('/', place).split(sep).includes('shards') && /^\d+-of-\d+$/.test(place.split(sep).at(-1) ?? '');
}
