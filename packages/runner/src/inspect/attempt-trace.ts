import type { Json } from '@dgt/core';
import type { OutcomeDetail, OutcomeKind } from '../ledger/outcome.js';

/** One call of an attempt: what was asked and what came back. */
export interface CallTrace {
  /** The block that called, or the name of what was done once. */
  readonly label: string;
  readonly lane: string;
  readonly call: number;
  /** What was asked, in full: of a model its `input` and `parameters`. */
  readonly request: Json;
  /** What came back: of a model its `choices`. Null where nothing did. */
  readonly answer: Json;
  /**
   * - `answered`
   * - `failed`: the answer is an error that ended its row.
   * - `differs`: what is asked today is not what was asked then; the answer is the one that was recorded in its place.
   * - `unanswered`: nothing was recorded, and nothing is called.
   */
  readonly state: 'answered' | 'failed' | 'differs' | 'unanswered';
  /** The postprocessor that it was made in. */
  readonly stage?: string;
  /** The row that the postprocessor worked on. */
  readonly position?: number;
}

/** What one postprocessor made of a row. */
export interface VerdictTrace {
  readonly stage: string;
  /** `marked`: it did not pass, and stays all the same, since the block does not filter. */
  readonly verdict: 'passed' | 'marked' | 'rejected' | 'error';
  readonly reason?: string | undefined;
  readonly score?: number | undefined;
  /** What the row was rejected for, such as the row that it repeats. */
  readonly against?: Json | undefined;
  /** The fields that it wrote on the row. */
  readonly wrote?: { readonly [field: string]: Json };
}

/** A row that the builder gave, and what became of it. */
export interface RowTrace {
  readonly position: number;
  readonly outcome: OutcomeKind;
  /** As the builder gave it; of a row that a postprocessor split off, as that did. */
  readonly made: Json;
  /** As it stands in the dataset, or stood when it was dropped. */
  readonly row: Json;
  readonly verdicts: readonly VerdictTrace[];
  /** Places in `calls` of the answers that hold what the builder put into the row; of all where none holds any of it. */
  readonly calls: readonly number[];
  readonly detail?: OutcomeDetail;
}

/** An answer that the builder made no row of, or a call that failed for good. */
export interface LossTrace {
  readonly outcome: 'no_row' | 'error';
  readonly block: string;
  readonly reason: string;
  readonly code?: string | undefined;
  /** The answer, or the row that was asked for. */
  readonly sample: Json;
}

/** One attempt, or one unit of the input of a transformation, with everything that happened in it. */
export interface AttemptTrace {
  readonly attempt: number;
  /** What `transform` was given: a row, or a batch of rows. */
  readonly input?: Json;
  /** What `generate` was given. */
  readonly examples?: Json;
  readonly calls: readonly CallTrace[];
  readonly rows: readonly RowTrace[];
  readonly losses: readonly LossTrace[];
  /** What the author's code threw, with its place. */
  readonly failure?: { readonly code: string | undefined; readonly message: string };
}
