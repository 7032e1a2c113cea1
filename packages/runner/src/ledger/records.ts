import type { Json, Note, TryRecord } from '@dgt/core';
import type { Outcome } from './outcome.js';

/** One answered call. */
export interface RecordedAnswer {
  readonly lane: string;
  readonly call: number;
  readonly hash: Buffer;
  readonly failed: boolean;
  readonly answer: Json;
}

/** What `Ledger.recordAnswer` takes. */
export interface AnswerRecord extends RecordedAnswer {
  /** The attempt, or in a transformation the input, that called. */
  readonly owner: number;
  readonly label: string;
  readonly request: Json | undefined;
  readonly answeredAt: number;
}

/** A request that reached a server, and who made it. */
export interface MadeTry {
  readonly owner: number;
  readonly label: string;
  readonly record: TryRecord;
}

/** What an attempt of a transformation worked on. */
export interface InputRecord {
  /** Names it for life; see `InputBook.number`. */
  readonly number: number;
  /** The hash of all that it holds. */
  readonly content: Buffer;
}

/** An attempt that is to be committed. */
export interface FinishedAttempt {
  readonly number: number;
  readonly outcomes: readonly Outcome[];
  readonly input?: InputRecord | undefined;
  /** What blocks counted while it was made. */
  readonly notes?: readonly Note[];
}

/** One committed attempt in numbers. */
export interface AttemptRecord {
  readonly number: number;
  readonly candidates: number;
  readonly accepted: number;
  readonly acceptedBefore: number;
}

/** Calls, tries and tokens of a whole ledger, exact after any number of crashes. */
export interface CallTotals {
  readonly calls: number;
  readonly failedCalls: number;
  readonly tries: number;
  readonly failedTries: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Rows that were made elsewhere of the input of a key. */
export interface AdoptedInput {
  readonly key: Buffer;
  readonly rows: readonly Json[];
}

/** Rows that were made elsewhere, as a ledger takes them over. */
export interface Adoption {
  /** Of a generation: from the first on, of a dataset that has none. */
  readonly attempts: readonly FinishedAttempt[];
  /** Of a transformation. */
  readonly inputs: readonly AdoptedInput[];
}
