import type { Exchange } from '../exchange.js';
import { Capacity, type CapacityOptions } from './capacity.js';
import { findFactor, type LimitChange } from './limit-changes.js';
import { RateLimiter, type Admission, type RateLimits } from './rate-limiter.js';

/** What a server lets through. */
export interface GateOptions {
  readonly rateLimits?: RateLimits | undefined;
  readonly capacity?: number | CapacityOptions | undefined;
  readonly changes?: readonly LimitChange[] | undefined;
}

/** Decides which requests the server answers, and when: its rate limits, its places, and how both change. */
export class Gate {
  readonly #limiter: RateLimiter;
  readonly #capacity: Capacity | undefined;
  readonly #changes: readonly LimitChange[];
  /** What becomes of requests for which no place is free. */
  readonly whenFull: NonNullable<CapacityOptions['whenFull']>;
  #startedAt: number | undefined;

  constructor({ rateLimits = {}, capacity, changes = [] }: GateOptions) {
    const { atOnce, whenFull = 'queue' } = typeof capacity === 'object' ? capacity : { atOnce: capacity };
    this.#limiter = new RateLimiter(rateLimits);
    this.#changes = changes;
    this.#capacity =
      atOnce === undefined
        ? undefined
        : new Capacity(() => Math.max(1, Math.floor(atOnce * this.#factor(performance.now()))));
    this.whenFull = whenFull;
  }

  /** Counts a request against the limits of its key; undefined when there are none. */
  admit(key: string, tokens: number): Admission | undefined {
    const now = performance.now();
    // The time of all changes counts from here.
    this.#startedAt ??= now;
    if (!this.#limiter.hasLimits) return undefined;
    return this.#limiter.admit({ key, tokens, now, factor: this.#factor(now) });
  }

  /**
   * Takes a place, after a wait where that is the rule.
   *
   * @returns what gives it back, or why there is none.
   */
  async enter(exchange: Exchange): Promise<(() => void) | 'full' | 'gone'> {
    const capacity = this.#capacity;
    if (capacity === undefined) return () => {};
    if (capacity.tryTake()) return () => capacity.release();
    if (this.whenFull !== 'queue') return 'full';
    let leave = () => {};
    const gone = new Promise<'gone'>((resolve) => exchange.response.once('close', () => resolve('gone')));
    const place = capacity.take((leaveQueue) => (leave = leaveQueue)).then(() => () => capacity.release());
    const got = await Promise.race([place, gone]);
    if (got === 'gone') leave();
    return got;
  }

  #factor(now: number): number {
    return this.#changes.length === 0 ? 1 : findFactor(this.#changes, now - (this.#startedAt ?? now));
  }
}
