import { RunError } from '@dgt/core';
import { existsSync } from 'node:fs';
import { constants, copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from './ledger.js';

/** The log begins with numbers that change when it is begun anew. @unit bytes */
const logHeaderLength = 32;

/** A log that is begun anew while it is copied is rare, and rarer each time. */
const mostCopies = 20;

/**
 * Looks at a ledger without its lock, so also at one that a run is writing: through a copy, which is as the ledger was at one
 * moment. The ledger itself stays as it is.
 *
 * @throws {@link RunError} DGT_LEDGER_UNUSABLE
 */
export async function readLedgerCopy<T>(file: string, read: (ledger: Ledger) => T): Promise<T> {
  await using scratch = await openScratchLedger(file, copyLedger);
  try {
    return read(scratch.ledger);
  } catch (error) {
    throw nameOriginal(error, file, scratch.ledger.file);
  }
}

/** A ledger that may be written and is thrown away. */
export interface ScratchLedger extends AsyncDisposable {
  readonly ledger: Ledger;
}

/**
 * Opens a copy of a ledger, or an empty one where there is none.
 *
 * @throws {@link RunError} DGT_LEDGER_UNUSABLE
 */
export function copyOrCreateLedger(file: string): Promise<ScratchLedger> {
  return openScratchLedger(file, async (from, to) => {
    if (existsSync(from)) await copyLedger(from, to);
  });
}

async function openScratchLedger(
  file: string,
  fill: (file: string, copy: string) => Promise<void>,
): Promise<ScratchLedger> {
  const folder = await mkdtemp(join(tmpdir(), 'dgt-ledger-'));
  const copy = join(folder, 'ledger.db');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await fill(file, copy);
    const ledger = Ledger.open(copy);
    const dispose = () => {
      ledger.close();
      return remove();
    };
    return { ledger, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await remove();
    throw nameOriginal(error, file, copy);
  }
}

/**
 * Copies the file, then its log. As long as the log was not begun anew meanwhile it holds all that was written to the file since
 * it was copied, so that both together are the ledger as it was at the end of the copied log.
 */
async function copyLedger(file: string, copy: string): Promise<void> {
  for (let copies = 0; copies < mostCopies; copies++) {
    const before = await readLogHeader(file);
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
    const hasLog = await copyIfThere(`${file}-wal`, `${copy}-wal`);
    if (hasLog ? (await readLogHeader(copy)) === before : before === undefined) return;
    await rm(`${copy}-wal`, { force: true });
  }
  throw new RunError('DGT_LEDGER_UNUSABLE', { file, reason: 'it is written faster than it can be copied' });
}

async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Undefined for a ledger without a log. */
async function readLogHeader(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(`${file}-wal`, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(logHeaderLength), 0, logHeaderLength, 0);
    return buffer.subarray(0, bytesRead).toString('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function nameOriginal(error: unknown, file: string, copy: string): unknown {
  if (RunError.isInstance(error) && error.details['file'] === copy)
    return new RunError(error.code, { ...error.details, file }, { cause: error });
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || RunError.isInstance(error)) return error;
  return new RunError('DGT_LEDGER_UNUSABLE', { file, reason: message }, { cause: error });
}
