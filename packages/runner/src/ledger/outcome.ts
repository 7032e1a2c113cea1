import type { Json } from '@dgt/core';

/** What became of one candidate. */
export const outcomeKinds = ['accepted', 'rejected', 'no_row', 'error'] as const;

/**
 * - `accepted`: a row that passed every postprocessor.
 * - `rejected`: a row that a postprocessor dropped.
 * - `no_row`: an answer that the builder could not make a row from.
 * - `error`: a row that ended because a call failed for good, or because the builder's code did.
 */
export type OutcomeKind = (typeof outcomeKinds)[number];

/** Why a candidate did not become a row of the dataset. */
export interface OutcomeDetail {
  readonly block?: string | undefined;
  readonly reason?: string | undefined;
  readonly score?: number | undefined;
  readonly against?: Json | undefined;
  readonly code?: string | undefined;
  /** The stage that split the row off, when one did; only later ones know of it. */
  readonly splitBy?: string | undefined;
  /** What a sequence stage saw of the row, by stage, where the stored row no longer tells. */
  readonly gateInputs?: Readonly<Record<string, Json>> | undefined;
}

/** One candidate as the ledger keeps it. */
export interface Outcome {
  readonly attempt: number;
  /** Names the row among those of its attempt; undefined where there was no row. */
  readonly position?: number | undefined;
  readonly kind: OutcomeKind;
  /** The postprocessor that rejected it. */
  readonly stage?: string | undefined;
  /** The row, or the answer that gave none. */
  readonly row: Json;
  readonly detail: OutcomeDetail;
}

/** An outcome with its place in the dataset. */
export interface StoredOutcome extends Outcome {
  readonly id: number;
  /** The row as JSON, as it was recorded. */
  readonly rowText: string;
  /** Counts accepted rows from 0. */
  readonly accepted: number | undefined;
}
