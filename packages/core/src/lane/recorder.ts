import type { BatchFileClient, DeferredClient } from '../lm/client.js';
import type { ModelPrice } from '../lm/price.js';
import type { ProviderError } from '../errors/dgt-error.js';
import type { Json } from '../json.js';

/** Names one call for ever: the lane it is made in and how many calls the lane made before it. */
export interface CallKey {
  readonly lane: string;
  readonly index: number;
}

/** What one request to a server cost, kept for the bill whether or not it gave an answer. */
export interface TryRecord {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'error';
  /** Who serves the model, such as `openai`, and the model: what a price belongs to. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly statusCode?: number | undefined;
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  /** Of the prompt's tokens, those that the server had cached. */
  readonly cachedTokens?: number | undefined;
  /** Of the completion's tokens, those spent on reasoning. */
  readonly reasoningTokens?: number | undefined;
  /** What its tokens cost; filled in by the recorder, from the call. */
  readonly price?: ModelPrice | undefined;
  /** Why it failed, when it did. */
  readonly reason?: string | undefined;
}

/** What a call is given while it runs. */
export interface CallContext {
  /** The same for the same call of the same dataset, also after a crash: sent to servers as `Idempotency-Key`. */
  readonly idempotencyKey: string;
  /** A number that belongs to this call, for models that take a seed. Range: 0 to 2^31 - 1. */
  readonly seed: number;
  /** The call is given up at once. */
  readonly signal: AbortSignal;
  /**
   * Calls a listener when `signal` fires, with its reason, until the function that it gives is called. For clients that make
   * thousands of calls a second: `signal` is made when it is first read, and a signal and a listener for each would be too many.
   */
  whenGivenUp?(listener: (reason: Error) => void): () => void;
  /** No further try may begin; one that is under way may finish. Fires with `signal` too. */
  readonly stopping: AbortSignal;
  /** Orders calls that compete for a slot: the smaller is older and goes first. */
  readonly age: number;
  /** Whose call it is: those of different tasks get slots in turn. */
  readonly task?: string;
  /** Reports one request that reached a server. */
  onTry(record: TryRecord): void;
  /** Reports the headers of a response, good or bad: they say how much the server lets through. */
  onHeaders?(headers: ResponseHeaders): void;
}

/** The headers of a response, by lower-case name: a `Headers` is one. */
export interface ResponseHeaders {
  get(name: string): string | null | undefined;
}

/** A call whose answer is durable: made once, given back on every later run. */
export interface RecordedCall<T extends Json> {
  /** What the call is for, such as the name of its block. */
  readonly label: string;
  /** What is asked, in full; another value is another call. */
  readonly request: Json;
  /** What its tokens cost; undefined where that is not known. */
  readonly price?: ModelPrice | undefined;
  /** Makes the call; not called when the answer is recorded already. */
  execute(context: CallContext): Promise<T>;
  /** Present when the answer may come hours later, through a batch interface. */
  readonly deferred?: DeferredClient<T> | undefined;
  /** Present when the call can stand in a batch file. */
  readonly batchFile?: BatchFileClient<T> | undefined;
}

/** A row, or a piece of an answer, that a builder or block gave up, and why. */
export interface Rejection {
  /** The block that rejected, or the word `builder`. */
  readonly block: string;
  readonly reason: string;
  readonly score?: number | undefined;
  /** What it was rejected for, such as the row it repeats. */
  readonly against?: unknown;
  /** What was given up: the row or the answer. */
  readonly sample?: unknown;
}

/** A row that ended because a call failed for good. */
export interface RowFailure {
  readonly block: string;
  readonly error: ProviderError;
  readonly row: unknown;
}

/** Something that a block did to an answer or a row that it did not give up, for the count of how often and why. */
export interface Note {
  readonly block: string;
  /** What was done, as the name of a counter: `answers_repaired`. */
  readonly counter: string;
  /** Why, in one word of a few: `fence`. */
  readonly cause: string;
}

/**
 * The port between code that calls models and the ledger. The engine implements it durably; {@link unrecorded} serves
 * blocks that run alone in a script.
 */
export interface Recorder {
  /** Gives the recorded answer of this call, or makes the call and records its answer before giving it. */
  call<T extends Json>(key: CallKey, call: RecordedCall<T>, signal: AbortSignal): Promise<T>;
  /** Keeps a rejection for the funnel and rejected.jsonl. */
  reject(lane: string, rejection: Rejection): void;
  /** Keeps an error record for errors.jsonl. */
  fail(lane: string, failure: RowFailure): void;
  /** Counts what a block did. Like a rejection, it comes again when the lane is replayed. */
  note?(lane: string, note: Note): void;
}
