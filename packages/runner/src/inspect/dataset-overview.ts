import type { Json } from '@dgt/core';
import { readFile } from 'node:fs/promises';
import { locateOutput, type OutputFiles } from '../output/output-files.js';
import type { TaskResults } from '../output/task-results.js';
import { readStatus } from '../status/read-status.js';
import type { TaskStatus } from '../status/task-status.js';

/** What task_card.json says that matters here. */
export interface TaskCard {
  /** The task file, relative to the folder that dgt was called in. */
  readonly task_file?: string;
  readonly data_builder: string;
  readonly dgt_version?: string;
  /** The task as it was written, with no secret resolved. */
  readonly task?: { readonly [key: string]: Json | undefined };
  readonly definition: { readonly [part: string]: Json | undefined } | null;
}

/** What is known of a dataset without opening its ledger: also while a run goes on. */
export interface DatasetOverview {
  readonly status: TaskStatus;
  /** Of the last run that ended. */
  readonly results: TaskResults | undefined;
  readonly card: TaskCard | undefined;
}

/**
 * Says what is in an output folder, or in every one below it.
 *
 * @throws {@link ConfigError} DGT_STATUS_MISSING when nothing there was written by dgt.
 */
export async function inspectDatasets(path: string): Promise<DatasetOverview[]> {
  const overviews: DatasetOverview[] = [];
  for (const status of await readStatus(path)) overviews.push(await describe(status));
  return overviews;
}

/** The files of a dataset that was found. */
export function filesOf({ status }: DatasetOverview): OutputFiles {
  return locateOutput(status.folder, '');
}

/** What the card of a folder says; undefined where none is written yet. */
export function readTaskCard(folder: string): Promise<TaskCard | undefined> {
  return readJson<TaskCard>(locateOutput(folder, '').card);
}

async function describe(status: TaskStatus): Promise<DatasetOverview> {
  const files = locateOutput(status.folder, '');
  return {
    status,
    results: await readJson<TaskResults>(files.results),
    card: await readTaskCard(status.folder),
  };
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    // Not written yet.
    return undefined;
  }
}
