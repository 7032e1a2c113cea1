import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readBill } from '../budget/bill.js';
import type { DatasetProgress } from '../engine/task-progress.js';
import { readLedgerCopy } from '../ledger/ledger-copy.js';
import { outputNames } from '../output/output-files.js';
import { readHolder } from './read-folder.js';

/** How far a dataset is that has no report yet: a run works on it, or ended without one. */
export interface LiveDataset extends Omit<DatasetProgress, 'made'> {
  /** The run that works on it. */
  readonly run: LiveRun | undefined;
}

/** A run that goes on, and what it made so far by answers of its own. */
export interface LiveRun {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly made: DatasetProgress['made'];
}

/**
 * Reads how far a dataset is from a copy of its ledger, without its lock. Calls that are under way are not in it.
 *
 * @returns undefined for a folder without a ledger.
 * @throws {@link RunError} DGT_LEDGER_UNUSABLE
 */
export async function readLiveDataset(folder: string): Promise<LiveDataset | undefined> {
  const file = join(folder, outputNames.ledger);
  if (!existsSync(file)) return undefined;
  const holder = await readHolder(folder);
  const startedAt = holder === undefined ? undefined : Date.parse(holder.started_at);
  return readLedgerCopy(file, (ledger) => ({
    ...ledger.madeSince(undefined),
    inputs: ledger.getMeta<number>('inputs'),
    bill: readBill(ledger),
    run: startedAt === undefined ? undefined : { startedAt, made: ledger.madeSince(startedAt) },
  }));
}
