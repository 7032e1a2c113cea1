import { RunError } from '@dgt/core';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { outputNames, type OutputFiles } from '../output/output-files.js';
import { describeFileFailure } from '../output/write-failure.js';
import type { Durability } from './database.js';
import { Ledger } from './ledger.js';

/**
 * Opens the output folder of a task and takes its lock. With `restart`, what was there moves to `.previous` first. The
 * quota is written beside the name of the process, for those who look at a run that goes on.
 *
 * @throws {@link RunError} DGT_RUN_LOCKED, DGT_LEDGER_UNUSABLE, DGT_DISK_FULL, DGT_OUTPUT_UNWRITABLE
 */
export async function openDataset(
  files: OutputFiles,
  options: { restart: boolean; durability: Durability; quota?: number },
): Promise<Ledger> {
  const { restart, durability, quota } = options;
  const open = () => Ledger.open(files.ledger, { durability, holder: () => describeHolder(files.holder) });
  let ledger: Ledger | undefined;
  try {
    await mkdir(files.folder, { recursive: true });
    // Looking first makes sure that no other run is at work on what is about to move.
    if (restart) await setAside(files, { keep: holdsResults(files, open) });
    ledger = open();
    const holder = { pid: process.pid, host: hostname(), started_at: new Date().toISOString() };
    // From here on the final_data that stays is known to be the one that was set aside.
    if (restart) await ledger.setMeta('restarted', holder.started_at);
    await writeFile(files.holder, JSON.stringify({ ...holder, num_outputs_to_generate: quota }));
    return ledger;
  } catch (error) {
    ledger?.close();
    throw error instanceof RunError ? error : describeFileFailure(error, files.folder);
  }
}

/** Gives the folder back. */
export async function closeDataset(files: OutputFiles, ledger: Ledger): Promise<void> {
  ledger.close();
  await rm(files.holder, { force: true });
}

/** Whether the folder holds anything that was made or paid for, here or elsewhere. */
function holdsResults(files: OutputFiles, open: () => Ledger): boolean {
  try {
    const ledger = open();
    const { calls, tries } = ledger.totals();
    const holds = calls + tries + ledger.lastAttempt > 0 || ledger.inputs.hasAdopted;
    const holdsForeign = ledger.isBlank && [files.finalData, files.data].some(holdsRows);
    ledger.close();
    return holds || holdsForeign;
  } catch (error) {
    // A damaged ledger is what a restart is for; one in use is not.
    if (!(error instanceof RunError) || error.code !== 'DGT_LEDGER_UNUSABLE') throw error;
    return true;
  }
}

function holdsRows(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Moves the files of the dataset before to `.previous`; its final_data also stays until the new one is there. A dataset that
 * was only just begun is not worth the one that `.previous` holds: without `keep` it goes.
 */
async function setAside(files: OutputFiles, { keep }: { keep: boolean }): Promise<void> {
  if (keep) {
    await rm(files.previous, { recursive: true, force: true });
    await mkdir(files.previous);
  }
  const own = new Set<string>(Object.values(outputNames));
  const left = new Set<string>([outputNames.previous, outputNames.holder, outputNames.ledger]);
  const names = (await readdir(files.folder)).filter((name) => !left.has(name));
  // The ledger moves last: a restart that is killed before has changed nothing that cannot be written again.
  for (const name of [...names, outputNames.ledger]) {
    if (!own.has(name) && !name.startsWith(`${outputNames.ledger}-`)) continue;
    const [place, kept] = [join(files.folder, name), join(files.previous, name)];
    if (name === outputNames.finalData) {
      if (keep) await copyFile(place, kept);
    } else if (keep) await rename(place, kept);
    else await rm(place);
  }
}

function describeHolder(file: string): string {
  try {
    const { pid, host, started_at: startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    return ` (process ${pid} on ${host}, since ${startedAt})`;
  } catch {
    return '';
  }
}
