import type { Json } from '@dgt/core';
import { outcomeKinds, type Outcome, type OutcomeDetail, type StoredOutcome } from './outcome.js';

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

/** The outcome that columns stand for. Its row is parsed when somebody asks for it. */
export function readOutcome(columns: OutcomeColumns): StoredOutcome {
  let row: Json | undefined;
  return {
    id: columns.id,
    attempt: columns.attempt,
    position: columns.position ?? undefined,
    kind: outcomeKinds[columns.kind] ?? 'error',
    stage: columns.stage ?? undefined,
    accepted: columns.accepted ?? undefined,
    rowText: columns.row,
    get row() {
      return (row ??= JSON.parse(columns.row) as Json);
    },
    detail: columns.detail === null ? {} : (JSON.parse(columns.detail) as OutcomeDetail),
  };
}

/** The columns of an outcome, in the order of the statement that adds them; `accepted` counts accepted rows from 0. */
export function writeOutcome({ attempt, position, kind, stage, row, detail }: Outcome, accepted: number | null) {
  const details = Object.keys(detail).length === 0 ? null : JSON.stringify(detail);
  return [
    attempt,
    position ?? null,
    outcomeKinds.indexOf(kind),
    stage ?? null,
    accepted,
    JSON.stringify(row),
    details,
  ] as const;
}

/** An outcome as {@link readOutcome} would give it, of the columns that were just written. */
export function nameOutcome(id: number, columns: ReturnType<typeof writeOutcome>): StoredOutcome {
  const [attempt, position, kind, stage, accepted, row, detail] = columns;
  return readOutcome({ id, attempt, position, kind, stage, accepted, row, detail });
}
