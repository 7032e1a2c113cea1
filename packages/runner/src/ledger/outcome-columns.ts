import type { Json } from '@dgt/core';
import { outcomeKinds, type OutcomeDetail, type StoredOutcome } from './outcome.js';

/** An outcome as the table has it. */
export interface OutcomeColumns {
  id: number;
  attempt: number;
  position: number | null;
  kind: number;
  stage: string | null;
  accepted: number | null;
  row: string;
  detail: string | null;
}

/** The outcome that columns stand for. */
export function readOutcome(columns: OutcomeColumns): StoredOutcome {
  return {
    id: columns.id,
    attempt: columns.attempt,
    position: columns.position ?? undefined,
    kind: outcomeKinds[columns.kind] ?? 'error',
    stage: columns.stage ?? undefined,
    accepted: columns.accepted ?? undefined,
    row: JSON.parse(columns.row) as Json,
    detail: columns.detail === null ? {} : (JSON.parse(columns.detail) as OutcomeDetail),
  };
}
