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
  /** Names it among the candidates of its attempt: rows of the builder first, then what stages split off. */
  readonly position: number;
  /** The first stage that it goes through: the one after the stage that split it off. */
  readonly firstStage: number;
  row: Row;
  drop?: Drop;
  /** What each sequence stage saw of the row. */
  readonly gateInputs: Map<number, object>;
}

/** A row that a builder gave, or that a stage split off, before any stage. */
export function createCandidate(row: object, position: number, firstStage = 0): Candidate {
  return { position, firstStage, row: { ...row }, gateInputs: new Map() };
}

/** The outcome of a candidate that a stage dropped. */
export function describeDrop(attempt: number, candidate: Candidate, drop: Drop): Outcome {
  const { position, row } = candidate;
  const detail = { ...drop.detail, ...describePassage(candidate) };
  return { attempt, position, kind: drop.kind, stage: drop.stage, row: row as Json, detail };
}

/** What sequence stages must be told of a candidate when the run goes on in another process. */
export function describePassage({ firstStage, gateInputs }: Candidate): OutcomeDetail {
  return {
    ...(firstStage > 0 && { firstStage }),
    ...(gateInputs.size > 0 && { gateInputs: Object.fromEntries(gateInputs) as Record<string, Json> }),
  };
}
