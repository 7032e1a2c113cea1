import { countNotes } from './note-count.js';
import { writeOutcome } from './outcome-columns.js';
import type { FinishedAttempt } from './records.js';

/** An attempt in the order of the columns of the statement that adds it, and what became of its candidates. */
export interface AttemptColumns {
  readonly number: number;
  readonly attempt: readonly unknown[];
  readonly outcomes: readonly ReturnType<typeof writeOutcome>[];
}

/**
 * The columns of attempts, the first of which begins with so many accepted rows.
 *
 * @returns also how many there are after the last.
 */
export function writeAttempts(
  attempts: readonly FinishedAttempt[],
  acceptedBefore: number,
): { readonly written: readonly AttemptColumns[]; readonly accepted: number } {
  let accepted = acceptedBefore;
  const written = attempts.map(({ number, outcomes, input, notes }) => {
    const before = accepted;
    const columns = outcomes.map((outcome) => writeOutcome(outcome, outcome.kind === 'accepted' ? accepted++ : null));
    const counted = notes === undefined || notes.length === 0 ? null : JSON.stringify(countNotes(notes));
    const worked = [input?.number ?? null, input?.content ?? null];
    const attempt = [number, outcomes.length, accepted - before, before, ...worked, counted];
    return { number, attempt, outcomes: columns };
  });
  return { written, accepted };
}
