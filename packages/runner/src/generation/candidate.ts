import type { Json, Row } from '@dgt/core';
import type { Outcome, OutcomeDetail } from '../ledger/outcome.js';

/** Why a stage dropped a candidate. */
export interface Drop {
  readonly kind: 'rejected' | 'error';
  readonly stage: number;
  readonly detail: OutcomeDetail;
  /** What a gate remembers the row by that the candidate collided with. */
  readonly collidedWith?: unknown;
}

/** One row on its way through the postprocessors. */
export interface Candidate {
  row: Row;
  drop?: Drop;
  /** What each sequence stage saw of the row. */
  readonly gateInputs: Map<number, object>;
}

/** A row that a builder gave, before any stage. */
export function createCandidate(row: object): Candidate {
  return { row: { ...row }, gateInputs: new Map() };
}

/** The outcome of a candidate that a stage dropped. */
export function describeDrop(attempt: number, position: number, { row, gateInputs }: Candidate, drop: Drop): Outcome {
  const detail = {
    ...drop.detail,
    ...(gateInputs.size > 0 && { gateInputs: Object.fromEntries(gateInputs) as Record<string, Json> }),
  };
  return { attempt, position, kind: drop.kind, stage: drop.stage, row: row as Json, detail };
}
