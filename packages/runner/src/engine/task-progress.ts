import type { Bill } from '../budget/bill.js';
import type { MadeRows } from '../ledger/made-since.js';
import type { Ending } from './ending.js';

/** How far a run of a task is. */
export interface TaskProgress {
  readonly taskName: string;
  /** Rows of the dataset, or in a transformation inputs that were worked on. */
  readonly done: number;
  /** The rows that are wanted, or the inputs that there are; undefined while that is not known. */
  readonly total: number | undefined;
  readonly accepted: number;
  readonly lost: number;
  readonly attempts: number;
  readonly openAttempts: number;
  readonly callsUnderWay: number;
  readonly tokens: number;
  readonly ending: Ending | undefined;
}

/** How far a dataset is. */
export interface DatasetProgress extends MadeRows {
  /** Attempts of a generation, inputs of a transformation. */
  readonly attempts: number;
  /** The inputs of a transformation, where it is known how many there are; a generation has a quota. */
  readonly inputs: number | undefined;
  readonly bill: Bill;
  /** By attempts that got an answer in this run. */
  readonly made: MadeRows & { readonly attempts: number };
}
