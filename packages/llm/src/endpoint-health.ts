import { ProviderError, type Clock } from '@dgt/core';
import { backoffMs } from './backoff.js';

// So many failures in a row, of any calls, and the endpoint counts as down although it can be reached.
const failuresUntilDown = 8;

/**
 * What all calls to one endpoint know of it together: whether it answers anybody. While it is down, one call at a time
 * probes it, at growing intervals, and the others wait.
 */
export class EndpointHealth {
  readonly #clock: Clock;
  #answers = 0;
  #failuresInARow = 0;
  #failingSince: number | undefined;
  #lastFailure: ProviderError | undefined;
  #down = false;
  #probing = false;
  #probes = 0;
  #nextProbeAt = 0;
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many calls the endpoint has answered, be it with a refusal. */
  get answers(): number {
    return this.#answers;
  }

  /** Whether calls wait for a probe. */
  get down(): boolean {
    return this.#down;
  }

  /** For how long the endpoint has answered nobody; 0 while it answers. @unit milliseconds */
  get outageMs(): number {
    return this.#failingSince === undefined ? 0 : this.#clock.now() - this.#failingSince;
  }

  /** @throws {@link ProviderError} `down`, DGT_ENDPOINT_DOWN, when the endpoint has answered nobody for this long. */
  throwIfOutage(maxOutageMs: number): void {
    const failure = this.#lastFailure;
    if (failure === undefined || this.outageMs < maxOutageMs) return;
    const details = { ...failure.details, seconds: Math.round(this.outageMs / 1000) };
    throw new ProviderError('DGT_ENDPOINT_DOWN', 'down', details, { cause: failure, statusCode: failure.statusCode });
  }

  /**
   * Lets a try through: at once while the endpoint is up, one after the other while it is down.
   *
   * @returns what to call when the try is over.
   * @throws {@link ProviderError} as {@link throwIfOutage}; the signal's reason.
   */
  async admit(options: { readonly maxOutageMs: number; readonly signal: AbortSignal }): Promise<() => void> {
    const { maxOutageMs, signal } = options;
    this.throwIfOutage(maxOutageMs);
    while (this.#down && this.#probing) {
      await this.#change(signal);
      this.throwIfOutage(maxOutageMs);
    }
    if (!this.#down) return () => {};
    this.#probing = true;
    const leave = () => {
      this.#probing = false;
      this.#announceChange();
    };
    try {
      const pauseMs = Math.min(this.#nextProbeAt - this.#clock.now(), maxOutageMs - this.outageMs);
      if (pauseMs > 0) await this.#sleepUnlessChanged(pauseMs, signal);
      this.throwIfOutage(maxOutageMs);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** The endpoint answered a call. */
  reportAnswer(): void {
    this.#answers++;
    this.#failuresInARow = 0;
    this.#failingSince = undefined;
    this.#lastFailure = undefined;
    this.#down = false;
    this.#probes = 0;
    this.#announceChange();
  }

  /** A call failed in a way that may pass. */
  reportFailure(error: ProviderError): void {
    const now = this.#clock.now();
    this.#failingSince ??= now;
    this.#lastFailure = error;
    this.#failuresInARow++;
    if (this.#probing) this.#probes++;
    this.#nextProbeAt = now + backoffMs(this.#probes);
    // A server that limits the rate is up, and says itself when to ask again.
    if (error.statusCode === 429) return;
    if (isUnreachable(error) || this.#failuresInARow >= failuresUntilDown) this.#down = true;
  }

  #announceChange(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async #change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = withResolvers();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(resolve);
    await promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  async #sleepUnlessChanged(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const woken = new AbortController();
    const wake = () => woken.abort();
    signal.addEventListener('abort', wake, { once: true });
    this.#waiting.push(wake);
    try {
      await this.#clock.sleep(milliseconds, woken.signal);
    } catch (error) {
      if (!woken.signal.aborted) throw error;
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}

/** Whether an error says that no connection was made, so that nothing reached the server. */
export function isUnreachable(error: ProviderError): boolean {
  return error.details['unreachable'] === true;
}

// Promise.withResolvers is not in Node 20.
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
