import type { Row } from '@dgt/core';
import { existsSync } from 'node:fs';
import { Ledger } from '../ledger/ledger.js';
import { readAcceptedRows } from './final-rows.js';
import { locateOutput } from './output-files.js';

/**
 * Reads the rows of an output folder that are committed, whether or not its run has come to an end.
 *
 * @returns nothing where there is no dataset.
 * @throws {@link RunError} DGT_RUN_LOCKED while a run is at work on it.
 */
export async function* readDataset(folder: string): AsyncGenerator<Row> {
  const { ledger: file } = locateOutput(folder, '');
  if (!existsSync(file)) return;
  const ledger = Ledger.open(file);
  try {
    yield* readAcceptedRows(ledger, ledger.acceptedCount);
  } finally {
    ledger.close();
  }
}
