import { unwatch, watch, type Abortable } from './limits/abort-watch.js';

/** Raised by {@link withDeadline} when the time is up. */
export class DeadlineError extends Error {
  /** The time that was given. @unit milliseconds */
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`no answer within ${Math.round(limitMs) / 1000} s`);
    this.name = 'DeadlineError';
    this.limitMs = limitMs;
  }
}

/** How long work may take, and what ends it sooner. */
export interface DeadlineOptions {
  /** A function is asked again when the time seems to be up, since what is known of a server grows. @unit milliseconds */
  readonly limitMs: number | (() => number);
  readonly signal: AbortSignal;
}

// setTimeout fires at once for anything above.
const longestTimerMs = 2 ** 31 - 1;
/** A limit that is a function may shrink as well, so it is asked this often. @unit milliseconds */
const longestUnaskedMs = 30_000;

/** What work that must end in time is given. */
export interface Running {
  /** Aborted when the time is up. Made when it is first read, since that takes longer than all else here. */
  readonly signal: AbortSignal;
  /** Calls a listener when the time is up, until the function that it gives is called; at less cost than `signal`. */
  whenGivenUp(listener: (reason: Error) => void): () => void;
}

/**
 * Does work that must end in time. The work is given a signal of its own and is no longer waited for once that is aborted,
 * so that work which does not heed it cannot hold up the run.
 *
 * @throws the reason of `signal` when that is aborted, {@link DeadlineError} when the time is up.
 */
export function withDeadline<T>(options: DeadlineOptions, work: (running: Running) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const deadline = new Deadline(options, reject);
    deadline.start();
    work(deadline).then(
      (value) => {
        deadline.stop();
        resolve(value);
      },
      (error: unknown) => {
        deadline.stop();
        reject(error as Error);
      },
    );
  });
}

class Deadline implements Abortable, Running {
  // Not AbortSignal.any: it holds on to every try for as long as the run's signal lives.
  #controller: AbortController | undefined;
  readonly #listeners = new Set<(reason: Error) => void>();
  #reason: unknown;
  readonly #options: DeadlineOptions;
  readonly #reject: (reason: Error) => void;
  readonly #startedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeadlineOptions, reject: (reason: Error) => void) {
    this.#options = options;
    this.#reject = reject;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  whenGivenUp(listener: (reason: Error) => void): () => void {
    if (this.#reason === undefined) this.#listeners.add(listener);
    else listener(this.#reason as Error);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    watch(this.#options.signal, this);
    this.#check();
  }

  stop(): void {
    clearTimeout(this.#timer);
    unwatch(this.#options.signal, this);
  }

  abort(reason: unknown): void {
    this.stop();
    this.#reason = reason;
    // In this order: the reason counts, not the error that the work makes of its aborted signal.
    this.#reject(reason as Error);
    this.#controller?.abort(reason);
    for (const listener of this.#listeners) listener(reason as Error);
  }

  #check(): void {
    const { limitMs } = this.#options;
    const limit = typeof limitMs === 'number' ? limitMs : limitMs();
    const leftMs = limit - (performance.now() - this.#startedAt);
    if (leftMs <= 0) return this.abort(new DeadlineError(limit));
    const waitMs = Math.min(leftMs, typeof limitMs === 'number' ? longestTimerMs : longestUnaskedMs);
    this.#timer = setTimeout(() => this.#check(), Math.ceil(waitMs));
  }
}
