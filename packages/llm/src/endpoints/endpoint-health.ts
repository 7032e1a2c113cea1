import { backoffMs, ProviderError, type Clock, type LogLevel } from '@dgt/core';

// So many failures in a row, of several calls, and the endpoint counts as down although it can be reached.
const failuresUntilDown = 8;
// More calls than this that fail with none answered in between, and it is not the calls.
const fewCalls = 3;

/** Tells that an endpoint went down or came back. */
export type Announce = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;

/**
 * What all calls to one endpoint know of it together: whether it answers anybody. While it is down, one call at a time
 * probes it, at growing intervals, and the others wait.
 */
export class EndpointHealth {
  readonly #clock: Clock;
  readonly #announce: Announce;
  readonly #listeners: (() => void)[] = [];
  #answers = 0;
  #failuresInARow = 0;
  #failingSince: number | undefined;
  #lastFailure: ProviderError | undefined;
  /** The calls that failed since the last answer, as far as they are few. */
  readonly #failing = new Set<string>();
  #down = false;
  #downSince = 0;
  #probing = false;
  #probes = 0;
  #nextProbeAt = 0;

  constructor(clock: Clock, announce: Announce = () => {}) {
    this.#clock = clock;
    this.#announce = announce;
  }

  /** How many calls the endpoint has answered, be it with a refusal. */
  get answers(): number {
    return this.#answers;
  }

  /** Whether calls wait for a probe. */
  get down(): boolean {
    return this.#down;
  }

  /** When the next probe may go out; undefined while one is under way. Milliseconds since 1970. */
  get nextProbeAt(): number | undefined {
    return this.#probing ? undefined : this.#nextProbeAt;
  }

  /** For how long the endpoint has answered nobody; 0 while it answers. @unit milliseconds */
  get outageMs(): number {
    return this.#failingSince === undefined ? 0 : this.#clock.now() - this.#failingSince;
  }

  /** Whether so few calls fail that it may be the calls. */
  get fewFail(): boolean {
    return this.#failing.size <= fewCalls;
  }

  /** Calls `listener` when the endpoint goes down or comes back, and when a probe is over. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The error of an endpoint that has answered nobody for too long. */
  createOutageError(): ProviderError {
    const { details, statusCode } = this.#lastFailure ?? {};
    const seconds = Math.round(this.outageMs / 1000);
    return new ProviderError(
      'DGT_ENDPOINT_DOWN',
      'down',
      { ...details, seconds },
      { cause: this.#lastFailure, statusCode },
    );
  }

  /** Makes the caller the one who probes. @returns false when somebody else does, or it is too early. */
  startProbe(): boolean {
    if (this.#probing || this.#clock.now() < this.#nextProbeAt) return false;
    this.#probing = true;
    return true;
  }

  /** The probe is over, however it went. */
  endProbe(): void {
    this.#probing = false;
    this.#tellChange();
  }

  /** The endpoint answered a call. */
  reportAnswer(): void {
    this.#answers++;
    this.#probes = 0;
    if (this.#failing.size > 0) this.#failing.clear();
    if (this.#failingSince !== undefined) this.#comeBack();
  }

  /** The endpoint says that it is ready, though it may not have answered a call yet. */
  reportReady(): void {
    this.#comeBack();
  }

  /** A call failed in a way that may pass. @param call names the call, the same for each of its tries. */
  reportFailure(error: ProviderError, call = ''): void {
    const now = this.#clock.now();
    this.#failingSince ??= now;
    this.#lastFailure = error;
    this.#failuresInARow++;
    if (this.fewFail) this.#failing.add(call);
    if (this.#probing) this.#probes++;
    this.#nextProbeAt = now + backoffMs(this.#probes);
    // A server that limits the rate is up, and says itself when to ask again.
    if (error.statusCode === 429) return;
    if (isUnreachable(error) || (this.#failuresInARow >= failuresUntilDown && !this.fewFail)) this.#goDown(error, now);
  }

  #goDown(error: ProviderError, now: number): void {
    if (this.#down) return;
    this.#down = true;
    this.#downSince = this.#failingSince ?? now;
    const nextTryAt = new Date(this.#nextProbeAt).toISOString();
    const inSeconds = Math.ceil((this.#nextProbeAt - now) / 1000);
    const message = `${error.message}; calls wait, and it is tried again in ${inSeconds} s and then at growing intervals`;
    this.#announce('warning', message, { event: 'endpoint_down', nextTryAt });
    this.#tellChange();
  }

  #comeBack(): void {
    this.#failuresInARow = 0;
    this.#failingSince = undefined;
    if (!this.#down) return;
    this.#down = false;
    const { provider = 'the model', endpoint = '' } = (this.#lastFailure?.details ?? {}) as Record<string, string>;
    const seconds = Math.round((this.#clock.now() - this.#downSince) / 1000);
    this.#announce('info', `${provider} at ${endpoint} answers again after ${seconds} s`, { event: 'endpoint_up' });
    this.#tellChange();
  }

  #tellChange(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whether an error says that no connection was made, so that nothing reached the server. */
export function isUnreachable(error: ProviderError): boolean {
  return error.details['unreachable'] === true;
}
