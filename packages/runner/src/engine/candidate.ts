import type { Json, Row } from '@dgt/core';
import type { Outcome, OutcomeDetail } from '../ledger/outcome.js';

/** Why a stage dropped a candidate. */
export interface Drop {
  readonly kind: 'rejected' | 'error';
  readonly stage: string;
  readonly detail: OutcomeDetail;
  /** What a gate remembers the row by that the candidate collided with. */
  readonly collidedWith?: unknown;
}

/** One row as a builder made it. */
export interface MadeRow {
  readonly row: Row;
  /** Its fields that the task's output does not declare and that belong to the dataset all the same. */
  readonly columns: readonly string[];
}

/** One row on its way through the postprocessors. */
export interface Candidate {
  /** Names it among the candidates of its attempt: rows of the builder first, then what stages split off. */
  readonly position: number;
  /** The stage that split it off; only later ones know of it. */
  readonly splitBy: string | undefined;
  readonly columns: readonly string[];
  row: Row;
  drop?: Drop;
  /** What each sequence stage saw of the row. */
  readonly gateInputs: Map<string, object>;
}

/** A row that a builder gave, or that a stage split off, before any stage. */
export function createCandidate({ row, columns }: MadeRow, position: number, splitBy?: string): Candidate {
  return { position, splitBy, columns, row: { ...row }, gateInputs: new Map() };
}

/** The outcome of a candidate that a stage dropped. */
export function describeDrop(attempt: number, candidate: Candidate, drop: Drop): Outcome {
  const { position, row } = candidate;
  const detail = { ...drop.detail, ...describePassage(candidate) };
  return { attempt, position, kind: drop.kind, stage: drop.stage, row: row as Json, detail };
}

/** What sequence stages must be told of a candidate when the run goes on in another process. */
export function describePassage({ splitBy, gateInputs }: Candidate): OutcomeDetail {
  return {
    ...(splitBy !== undefined && { splitBy }),
    ...(gateInputs.size > 0 && { gateInputs: Object.fromEntries(gateInputs) as Record<string, Json> }),
  };
}
