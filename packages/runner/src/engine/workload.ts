import type { AttemptRecord } from '../ledger/records.js';
import type { Outcome } from '../ledger/outcome.js';
import type { Work } from './attempt.js';
import type { Ending } from './ending.js';

/** How far the loop is. */
export interface LoopState {
  /** The last attempt that was begun. */
  readonly lastAttempt: number;
  /** The last attempt that was committed; they commit in order. */
  readonly lastCommitted: number;
  readonly openAttempts: number;
  /** Rows of the dataset so far. */
  readonly accepted: number;
}

/** What the kinds of tasks differ in: which attempts there are, what each works on, and when it is over. */
export interface Workload {
  /** Whether the dataset may have all its rows before the last attempt, so that where it is cut has to be looked for. */
  readonly hasQuota: boolean;
  /** How far the work is: rows of those that are wanted, or inputs of those that there are. */
  measure(state: LoopState): { readonly done: number; readonly total: number | undefined };
  /** Whether one more attempt may begin now. */
  mayBegin(state: LoopState): boolean;
  /** What an attempt is to do; undefined when nothing is left for it and all later ones. Asked in the order of their numbers. */
  take(number: number): Work | Promise<Work | undefined>;
  /** Whether the dataset has all its rows, asked after each. */
  hasEnough(accepted: number): boolean;
  /** Told what became of every candidate of the dataset, also of those of earlier runs. */
  observe(outcome: Outcome): void;
  /** Told of every attempt that this run commits. */
  committed(record: AttemptRecord): void;
  /** Why the run is to end now, for other reasons than that the dataset has enough. */
  findEnding(state: LoopState): Ending | undefined;
  /** How the run ends when there is nothing left to do. */
  describeEnd(state: LoopState): Ending;
}
