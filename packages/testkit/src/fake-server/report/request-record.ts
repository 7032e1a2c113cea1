import type { Fault } from '../faults.js';

/** How a request ended. `aborted`: the client went away before it was answered. `full`: no place was free. */
export type Outcome =
  | 'ok'
  | Fault
  | 'badRequest'
  | 'unauthorized'
  | 'unknownModel'
  | 'notFound'
  | 'notRecorded'
  | 'full'
  | 'aborted';

/** One request, as it ended. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** What names the call; undefined for requests that ask for no answer of a model. */
  readonly key: string | undefined;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
}

/** How many requests ended how, and how often each call was answered. */
export interface Counts {
  readonly requests: number;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  /** How often each key got an answer: more than 1 means that an answer was paid for again. */
  readonly answers: Readonly<Record<string, number>>;
  /** The most requests that were in work at once. */
  readonly mostInFlight: number;
}

/** Whether a request that ended so got its answer, which would have been paid for. */
export function isAnswered(outcome: Outcome): boolean {
  return outcome === 'ok' || outcome === 'slowDrip' || outcome === 'refusal';
}

/** Counts requests, such as those read from a report file. */
export function countRequests(requests: readonly RequestRecord[]): Omit<Counts, 'mostInFlight'> {
  const byOutcome: Partial<Record<Outcome, number>> = {};
  const answers: Record<string, number> = {};
  for (const { outcome, key } of requests) {
    byOutcome[outcome] = (byOutcome[outcome] ?? 0) + 1;
    if (isAnswered(outcome) && key !== undefined) answers[key] = (answers[key] ?? 0) + 1;
  }
  return { requests: requests.length, byOutcome, answers };
}
