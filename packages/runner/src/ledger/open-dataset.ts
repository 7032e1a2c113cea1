import { RunError } from '@dgt/core';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { outputNames, type OutputFiles } from '../output/output-files.js';
import { describeFileFailure } from '../output/write-failure.js';
import type { Durability } from './database.js';
import { Ledger } from './ledger.js';

/**
 * Opens the output folder of a task and takes its lock. With `restart`, what was there moves to `.previous` first. The
 * quota is written beside the name of the process, for those who look at a run that goes on.
 */
export async function openDataset(
  files: OutputFiles,
  options: { restart: boolean; durability: Durability; quota?: number },
): Promise<Ledger> {
  try {
    await mkdir(files.folder, { recursive: true });
  } catch (error) {
    throw describeFileFailure(error, files.folder);
  }
  const open = () =>
    Ledger.open(files.ledger, { durability: options.durability, holder: () => describeHolder(files.holder) });
  let ledger: Ledger;
  if (options.restart) {
    // Opening first makes sure that no other run is at work on what is about to move.
    takeLock(open);
    await setAside(files);
  }
  ledger = open();
  const holder = { pid: process.pid, host: hostname(), started_at: new Date().toISOString() };
  await writeFile(files.holder, JSON.stringify({ ...holder, num_outputs_to_generate: options.quota }));
  return ledger;
}

/** Gives the folder back. */
export async function closeDataset(files: OutputFiles, ledger: Ledger): Promise<void> {
  ledger.close();
  await rm(files.holder, { force: true });
}

function takeLock(open: () => Ledger): void {
  try {
    open().close();
  } catch (error) {
    // A damaged ledger is what a restart is for; one in use is not.
    if (!(error instanceof RunError) || error.code !== 'DGT_LEDGER_UNUSABLE') throw error;
  }
}

/** Moves the files of the dataset before to `.previous`; its final_data also stays until the new one is there. */
async function setAside(files: OutputFiles): Promise<void> {
  await rm(files.previous, { recursive: true, force: true });
  await mkdir(files.previous);
  const own = new Set<string>(Object.values(outputNames));
  for (const name of await readdir(files.folder)) {
    const isOwn = own.has(name) || name.startsWith(`${outputNames.ledger}-`);
    if (!isOwn || name === outputNames.previous || name === outputNames.holder) continue;
    const kept = join(files.previous, name);
    if (name === outputNames.finalData) await copyFile(join(files.folder, name), kept);
    else await rename(join(files.folder, name), kept);
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
