import type { ErrorEntry } from './error-table.js';

/** Errors of `dgt inspect`. */
export const inspectErrors = {
  DGT_INSPECT_SEVERAL: {
    kind: 'config',
    message: '{path} holds {count} datasets: {tasks}',
    cause: 'A row was asked for in a folder above several output folders.',
    remedy: 'Name one of them.',
  },
  DGT_INSPECT_NO_LEDGER: {
    kind: 'config',
    message: '{folder} has no ledger.db, so where its rows come from is not known',
    cause: 'The folder was written by another system, or its ledger was removed or not copied.',
    remedy: 'Look at the folder in which the dataset was made.',
  },
  DGT_INSPECT_ROW_UNKNOWN: {
    kind: 'config',
    message: '{file} has {count} rows, so there is none of number {number}',
    cause: 'Rows are counted from 1, as the lines of the file are.',
    remedy: 'Numbers begin at 1; --rejected and --error look into the other files.',
  },
} as const satisfies Record<string, ErrorEntry>;
