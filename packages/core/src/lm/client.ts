import type { DgtError } from '../errors/dgt-error.js';
import type { Json } from '../json.js';
import type { CallContext } from '../lane/recorder.js';
import type { LMAnswer, Usage } from './answer.js';
import type { LMRequest } from './request.js';

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
  /** Present when calls can stand in a file that users hand in themselves. */
  readonly batchFile?: BatchFileClient<LMAnswer> | undefined;
  checkAvailability(signal: AbortSignal): Promise<Availability>;
  /** Frees what the client holds: connections, a loaded model. */
  close(): Promise<void>;
}

/** One call of a wave: `id` comes back with its answer. */
export interface DeferredCall {
  readonly id: string;
  readonly request: Json;
}

/** The answer of one call of a wave, with the tokens that it took; an error here is final for that call. */
export type DeferredAnswer<T> = { readonly id: string; readonly usage?: Usage } & (
  | { readonly answer: T }
  | { readonly error: string }
);

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

/** A call as a line of a batch file has it: where it is posted within the API, and with what. */
export interface BatchFileRequest {
  /** Such as `/v1/chat/completions`. */
  readonly url: string;
  readonly body: { readonly [field: string]: Json };
}

/** Calls that stand in files: users hand these in themselves, and bring back what became of them. */
export interface BatchFileClient<T extends Json = LMAnswer> {
  /** Writes what would be posted. */
  write(request: Json, signal: AbortSignal): Promise<BatchFileRequest>;
  /**
   * Reads the body that the call was answered with.
   *
   * @throws {@link ProviderError} for a body that is no answer, and for one in which the model refuses.
   */
  read(body: Json, request: Json): { readonly answer: T; readonly usage?: Usage | undefined };
}
