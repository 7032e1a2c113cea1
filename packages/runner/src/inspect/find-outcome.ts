import { ConfigError, type Json, type Row } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import type { StoredOutcome } from '../ledger/outcome.js';
import type { OutputFiles } from '../output/output-files.js';
import { readLines } from './read-lines.js';

/** Which row is asked for: a line of final_data.jsonl, rejected.jsonl or errors.jsonl, from 1. */
export interface InspectTarget {
  readonly kind: 'row' | 'rejected' | 'error';
  readonly number: number;
}

/** The files in which rows of each kind are listed. */
export const listingFiles = { row: 'finalData', rejected: 'rejected', error: 'errors' } as const;

/**
 * Finds what the ledger has of a row.
 *
 * @throws {@link ConfigError} DGT_INSPECT_ROW_UNKNOWN
 */
export async function findOutcome(ledger: Ledger, files: OutputFiles, target: InspectTarget): Promise<StoredOutcome> {
  if (target.kind === 'row') return findFinalRow(ledger, files, target);
  const isMeant =
    target.kind === 'error'
      ? ({ kind }: StoredOutcome) => kind === 'error'
      : ({ kind }: StoredOutcome) => kind === 'rejected' || kind === 'no_row';
  let count = 0;
  for (const outcome of ledger.outcomes()) {
    if (!isMeant(outcome)) continue;
    count++;
    if (count === target.number) return outcome;
  }
  throw refuse(target, count, files);
}

/** The error for a row that there is not. */
export function refuse({ kind, number }: InspectTarget, count: number, files: OutputFiles): ConfigError {
  return new ConfigError('DGT_INSPECT_ROW_UNKNOWN', { file: files[listingFiles[kind]], count, number });
}

/** Accepted rows are the final ones, in their order, but for those that a block dropped which saw the whole dataset. */
async function findFinalRow(ledger: Ledger, files: OutputFiles, target: InspectTarget): Promise<StoredOutcome> {
  const finals = await readLines(files.finalData, target.number);
  let matched = 0;
  let count = 0;
  let inOrder: StoredOutcome | undefined;
  for (const outcome of ledger.outcomes()) {
    if (outcome.kind !== 'accepted') continue;
    count++;
    if (count === target.number) inOrder = outcome;
    if (finals === undefined && inOrder !== undefined) return inOrder;
    if (finals === undefined || !isSame(outcome.row, finals[matched])) continue;
    matched++;
    if (matched === target.number) return outcome;
  }
  if (finals !== undefined && finals.length < target.number) throw refuse(target, finals.length, files);
  // A file that somebody changed does not hide what was made.
  if (inOrder !== undefined) return inOrder;
  throw refuse(target, count, files);
}

/** What judged the whole dataset may have marked the row. */
function isSame(accepted: Json, final: Row | undefined): boolean {
  if (final === undefined) return false;
  const { is_valid: _valid, metadata: _metadata, ...fields } = accepted as Row;
  return Object.entries(fields).every(([field, value]) => JSON.stringify(final[field]) === JSON.stringify(value));
}
