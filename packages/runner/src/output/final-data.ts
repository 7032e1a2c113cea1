import { stat } from 'node:fs/promises';
import type { Ledger } from '../ledger/ledger.js';
import { writeAtomically, writeJsonLines } from './write-atomically.js';

type Mark = { readonly rows: number; readonly bytes: number; readonly modifiedMs: number };

/**
 * Writes final_data.jsonl, the first `rowCount` accepted rows, by atomic rename; leaves it alone when it is that already.
 *
 * @param options.mayReplace whether a final_data that this dataset did not write may be replaced.
 * @returns whether the file was written.
 */
export async function writeFinalData(
  file: string,
  ledger: Ledger,
  rowCount: number,
  options: { mayReplace: boolean },
): Promise<boolean> {
  const mark = ledger.getMeta<Mark>('final_data');
  const found = await stat(file).catch(() => undefined);
  const untouched = mark !== undefined && mark.bytes === found?.size && mark.modifiedMs === found.mtimeMs;
  if (untouched && mark.rows === rowCount) return false;
  if (found !== undefined && mark === undefined && !options.mayReplace) return false;
  await writeAtomically(file, writeJsonLines(acceptedRows(ledger, rowCount)));
  const { size, mtimeMs } = await stat(file);
  await ledger.setMeta('final_data', { rows: rowCount, bytes: size, modifiedMs: mtimeMs });
  return true;
}

/** The first accepted rows, in the order of the dataset. */
export function* acceptedRows(ledger: Ledger, rowCount: number): Generator<unknown> {
  const upTo = ledger.outcomeIdOf(rowCount) ?? Number.MAX_SAFE_INTEGER;
  for (const { kind, row } of ledger.outcomes({ upTo })) if (kind === 'accepted') yield row;
}
