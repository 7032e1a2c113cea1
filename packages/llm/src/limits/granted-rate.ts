import type { Allowance } from './rate-headers.js';

/** Where an allowance is always full again so soon, it cannot run out before the headers that say so are here. @unit milliseconds */
const shortestMs = 2000;
/** How fast the half of an allowance that is not needed later may be used up. @unit seconds */
const burstSeconds = 5;
/** At the end of a window there is no telling to the millisecond when the next begins. @unit milliseconds */
const endOfWindowMs = 500;

/**
 * The rate that a server's own headers leave, for requests or tokens. The first half of an allowance may go quickly, so that
 * a small run is not slowed down; the rest is spread until it is full again, so that it never runs out. There are windows,
 * which are full again at one moment, and buckets, which refill all the time.
 */
export class GrantedRate {
  #perSecond = Infinity;
  #until = 0;
  #blockedUntil = 0;
  #longestMs = 0;
  /** When the window ends that was seen first; what is full again later and later is a bucket. */
  #windowEndsAt = 0;
  #isBucket = false;

  /** What may be spent. */
  perSecondAt(now: number): number {
    return now < this.#until ? this.#perSecond : Infinity;
  }

  /** When the last allowance that was seen is full again. Milliseconds since 1970. */
  get until(): number {
    return this.#until;
  }

  /** Until when nothing at all is left. Milliseconds since 1970. */
  get blockedUntil(): number {
    return this.#blockedUntil;
  }

  observe({ limit, remaining, resetMs }: Allowance, now: number): void {
    this.#until = now + resetMs;
    this.#longestMs = Math.max(this.#longestMs, resetMs);
    const movedMs = this.#until - this.#windowEndsAt;
    // Half of the longest time at once is the next window, seen a little early.
    if (now >= this.#windowEndsAt || movedMs > this.#longestMs / 2) this.#windowEndsAt = this.#until;
    else if (movedMs > Math.max(1000, resetMs / 5)) this.#isBucket = true;
    if (this.#longestMs < shortestMs) {
      this.#perSecond = Infinity;
      return;
    }
    const seconds = Math.max(endOfWindowMs, resetMs) / 1000;
    // A window is used evenly to its end. A bucket settles where it is half full.
    const spread = remaining / seconds;
    const refill = this.#isBucket ? (0.9 * (limit - remaining)) / seconds : 0;
    this.#perSecond = Math.max(spread, refill, (remaining - limit / 2) / burstSeconds);
    if (remaining < 1 && !this.#isBucket) this.#blockedUntil = this.#until;
  }
}
