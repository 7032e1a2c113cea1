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
