import type { DgtError } from '../errors/dgt-error.js';
import type { Json } from '../json.js';
import type { CallContext } from '../lane/recorder.js';

// Type aliases where a value is hashed or recorded: an interface is not assignable to Json.

/** One message of a chat, in the roles and shape of the OpenAI chat format. */
export type Message = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
};

/** Generation parameters under dgt's own names, the same for every provider. */
export type LMParameters = {
  /** The most tokens an answer may have. */
  readonly max_tokens?: number;
  /** Minimum: 0. */
  readonly temperature?: number;
  /** Range: 0 to 1. */
  readonly top_p?: number;
  /** Only the k most likely tokens are drawn from; 0 or less draws from all. */
  readonly top_k?: number;
  readonly min_p?: number;
  readonly seed?: number;
  /** The answer ends before the first of these; also applied on our side. */
  readonly stop?: readonly string[];
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly repeat_penalty?: number;
  /** The length of the context window. @unit tokens */
  readonly num_ctx?: number;
  /** `{ type: 'json_object' }` or `{ type: 'json_schema', json_schema: { name, schema } }`, as OpenAI has it. */
  readonly response_format?: ResponseFormat;
};

/** The shape that an answer must have. */
export type ResponseFormat =
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly json_schema: { readonly name: string; readonly schema: Json } };

/**
 * A request in its unified, defaulted form: what the ledger compares to tell a repeated call from a changed one. A change
 * of this shape needs a new `version`.
 */
export type LMRequest = {
  readonly version: 1;
  readonly provider: string;
  readonly model: string;
  readonly method: 'completion' | 'chat_completion';
  /** The prompt of a completion, or the messages of a chat. */
  readonly input: string | readonly Message[];
  readonly parameters: LMParameters;
};

/** The number of tokens of a call, as the server counts them. */
export type Usage = {
  readonly prompt_tokens?: number | undefined;
  readonly completion_tokens?: number | undefined;
};

/** What a model answered. */
export type LMAnswer = {
  readonly text: string;
  /** Why the answer ended: `stop` (by itself or at a stop string) or `length` (`max_tokens` reached). */
  readonly finish_reason: 'stop' | 'length' | 'other';
  readonly usage: Usage;
};

/**
 * Whether a model can be called now; asked once, before a run, to decide about a fallback. `error` stands beside `reason`
 * when the cause is certain and waiting does not cure it, such as a server that says it has no such model: without a
 * fallback the run ends with it.
 */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly error?: DgtError };

/**
 * What a provider implements: one model behind one endpoint. It makes exactly one request per call, with no retries and
 * no limits of its own, and maps the vendor's failures to {@link ProviderError}.
 */
export interface LMClient {
  /** Where calls go, such as `http://localhost:11434` or the path of a model file; calls to one endpoint share its limits. */
  readonly endpoint: string;
  readonly model: string;
  /** Tells credentials apart without showing them: calls with different ones do not share a limit. */
  readonly credential?: string;
  /**
   * Throws a {@link ProviderError} for every failure of the vendor. `context.signal` ends when the run is cancelled or the
   * try has taken too long.
   */
  complete(request: LMRequest, context: CallContext): Promise<LMAnswer>;
  /** Present when the provider can answer hours later through a batch interface. */
  readonly deferred?: DeferredClient<LMAnswer>;
  checkAvailability(signal: AbortSignal): Promise<Availability>;
  /** Frees what the client holds: connections, a loaded model. */
  close(): Promise<void>;
}

/** One call of a wave: `id` comes back with its answer. */
export interface DeferredCall {
  readonly id: string;
  readonly request: Json;
}

/** The answer of one call of a wave; an error here is final for that call. */
export type DeferredAnswer<T> = { readonly id: string } & ({ readonly answer: T } | { readonly error: string });

/** A wave that is not ready, or all of its answers. A call of the wave without an answer is asked again in a later wave. */
export type WaveResult<T> =
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly answers: readonly DeferredAnswer<T>[] };

/** Calls that are handed in together and answered hours later, perhaps to another process. */
export interface DeferredClient<T extends Json = LMAnswer> {
  /**
   * Hands in a wave. `waveId` is chosen by dgt and recorded first: a client must give the same handle when it is handed
   * the same `waveId` again, so that a crash between handing in and recording pays for nothing twice.
   *
   * @returns a handle that {@link collect} understands in any later process.
   */
  submit(waveId: string, calls: readonly DeferredCall[], signal: AbortSignal): Promise<string>;
  collect(handle: string, signal: AbortSignal): Promise<WaveResult<T>>;
}
