import { stat } from 'node:fs/promises';
import type { Ledger } from '../ledger/ledger.js';
import type { FinalRows } from './final-rows.js';
import { writeAtomically, writeJsonLines } from './write-atomically.js';

type Mark = { readonly rows: number; readonly chosenFrom: number; readonly bytes: number; readonly modifiedMs: number };

/**
 * Writes final_data.jsonl by atomic rename; leaves it alone when it holds these rows already.
 *
 * @param options.mayReplace whether a final_data that this dataset did not write may be replaced.
 * @returns whether the file was written.
 */
export async function writeFinalData(
  file: string,
  ledger: Ledger,
  rows: FinalRows,
  options: { mayReplace: boolean },
): Promise<boolean> {
  const mark = ledger.getMeta<Mark>('final_data');
  const found = await stat(file).catch(() => undefined);
  const untouched = mark !== undefined && mark.bytes === found?.size && mark.modifiedMs === found.mtimeMs;
  if (untouched && mark.rows === rows.count && mark.chosenFrom === rows.chosenFrom) return false;
  if (found !== undefined && mark === undefined && !options.mayReplace) return false;
  await writeAtomically(file, writeJsonLines(rows));
  const { size, mtimeMs } = await stat(file);
  const { count, chosenFrom } = rows;
  await ledger.setMeta('final_data', { rows: count, chosenFrom, bytes: size, modifiedMs: mtimeMs });
  return true;
}
