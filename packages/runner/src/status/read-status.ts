import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '@dgt/core';
import { walkFolders } from '../config/walk-folders.js';
import { outputNames } from '../output/output-files.js';
import { readFolder } from './read-folder.js';
import type { TaskStatus } from './task-status.js';

/** What each of these tells is that dgt wrote the folder. */
const signs = new Set<string>([outputNames.results, outputNames.holder, outputNames.ledger, outputNames.data]);

/**
 * Reads how it stands with the task of an output folder, or with every task below a folder. Takes no lock, so that a run can
 * be looked at while it goes on, and never opens the ledger.
 *
 * @param path an output folder, a folder above several, or a file in one.
 * @throws {@link ConfigError} DGT_STATUS_MISSING when nothing there was written by dgt.
 */
export async function readStatus(path: string): Promise<TaskStatus[]> {
  const start = resolve(path);
  const found = await stat(start).catch(() => undefined);
  if (found === undefined) throw new ConfigError('DGT_STATUS_MISSING', { path });
  const root = found.isDirectory() ? start : dirname(start);
  const statuses: TaskStatus[] = [];
  for await (const { folder, names } of walkFolders(root)) {
    if (names.some((name) => signs.has(name))) statuses.push(await readFolder(folder, root));
  }
  if (statuses.length === 0) throw new ConfigError('DGT_STATUS_MISSING', { path });
  return statuses;
}
