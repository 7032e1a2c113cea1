/** The step in which time is counted. @unit milliseconds */
const stepMs = 100;
const stepsPerSecond = 1000 / stepMs;
const stepsPerMinute = 60 * stepsPerSecond;

/** What clients did over time. Times are handed in, in milliseconds from any fixed moment on. */
export class Timeline {
  #startedAt: number | undefined;
  #lastAt = 0;
  /** For each step. */
  readonly #requests: number[] = [];
  readonly #tokens: number[] = [];
  /** The most in each second. */
  readonly #inFlight: number[] = [];
  #now: number;
  #most: number;

  /** @param inFlight requests that came before the counting began and have not ended. */
  constructor(inFlight = 0) {
    this.#now = inFlight;
    this.#most = inFlight;
  }

  /** A request has come. */
  start(now: number): void {
    this.#startedAt ??= now;
    const step = this.#moveTo(now);
    this.#requests[step] = (this.#requests[step] ?? 0) + 1;
    this.#now++;
    this.#most = Math.max(this.#most, this.#now);
    const second = this.#inFlight.length - 1;
    this.#inFlight[second] = Math.max(this.#inFlight[second] as number, this.#now);
  }

  /** A request has ended. */
  end(now: number, tokens: number): void {
    const step = this.#moveTo(now);
    this.#tokens[step] = (this.#tokens[step] ?? 0) + tokens;
    this.#now--;
  }

  get nowInFlight(): number {
    return this.#now;
  }

  get mostInFlight(): number {
    return this.#most;
  }

  /** The most requests in flight in each second since the first. */
  get inFlight(): readonly number[] {
    return this.#inFlight;
  }

  /** From the first request to the last event. */
  get seconds(): number {
    return this.#startedAt === undefined ? 0 : (this.#lastAt - this.#startedAt) / 1000;
  }

  mostRequestsPerSecond(): number {
    return findMost(this.#requests, stepsPerSecond);
  }

  mostRequestsPerMinute(): number {
    return findMost(this.#requests, stepsPerMinute);
  }

  mostTokensPerMinute(): number {
    return findMost(this.#tokens, stepsPerMinute);
  }

  /** Fills every second up to now: what was in flight still is. */
  #moveTo(now: number): number {
    this.#lastAt = now;
    const elapsed = now - (this.#startedAt ?? now);
    const second = Math.floor(elapsed / 1000);
    while (this.#inFlight.length <= second) this.#inFlight.push(this.#now);
    return Math.floor(elapsed / stepMs);
  }
}

/** The largest sum of so many steps in a row. */
function findMost(steps: readonly number[], width: number): number {
  let sum = 0;
  let most = 0;
  for (let index = 0; index < steps.length; index++) {
    sum += (steps[index] ?? 0) - (steps[index - width] ?? 0);
    most = Math.max(most, sum);
  }
  return most;
}
