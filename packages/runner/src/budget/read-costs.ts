import type { ModelPrice } from '@dgt/core';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readLedgerCopy } from '../ledger/ledger-copy.js';
import { outputNames } from '../output/output-files.js';
import { shardsFolder } from '../shards/shard-plan.js';
import { readStatus } from '../status/read-status.js';
import type { TaskStatus } from '../status/task-status.js';
import { makeBill, type Bill } from './bill.js';
import { PriceBook } from './price-book.js';

/** What the dataset of one task cost so far. */
export interface TaskCost extends Pick<TaskStatus, 'task_name' | 'folder' | 'status'>, Bill {
  /** Whether it is counted in another task of the list, which it is a part of. */
  readonly is_part: boolean;
}

/**
 * Reads what the task of an output folder, or every task below a folder, cost so far: from copies of the ledgers, so that a run
 * can be looked at while it goes on. Calls that are under way then are not in it.
 *
 * @param path an output folder, a folder above several, or a file in one.
 * @param prices of models, which win over those that the ledgers have.
 * @throws {@link ConfigError} DGT_STATUS_MISSING; {@link RunError} DGT_LEDGER_UNUSABLE
 */
export async function readCosts(path: string, prices: ReadonlyMap<string, ModelPrice>): Promise<TaskCost[]> {
  const costs: TaskCost[] = [];
  for (const { task_name, folder, status } of await readStatus(path)) {
    const file = join(folder, outputNames.ledger);
    // A folder whose ledger was taken away has no bill.
    if (!existsSync(file)) continue;
    const bill = await readLedgerCopy(file, (ledger) => {
      const book = new PriceBook(ledger);
      return makeBill(ledger.usage(), (caller) => prices.get(caller.model) ?? book.find(caller));
    });
    // A merge takes over the tries of the parts.
    const isInside = basename(dirname(folder)) === shardsFolder;
    const is_part = isInside && existsSync(join(dirname(dirname(folder)), outputNames.ledger));
    costs.push({ task_name, folder, status, is_part, ...bill });
  }
  return costs;
}
