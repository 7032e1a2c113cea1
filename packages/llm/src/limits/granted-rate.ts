import type { Allowance } from './rate-headers.js';

/** Where an allowance is always full again so soon, it cannot run out before the headers that say so are here. @unit milliseconds */
const shortestMs = 2000;
/** A minute of ours is this much longer than the server's: requests travel at different speeds. */
const marginRatio = 1 / 60;
/** What was spent within this share of the time counts as spent at once. */
const sliceRatio = 1 / 240;

interface Slice {
  readonly at: number;
  amount: number;
}

/**
 * What a server's own headers leave, of requests or tokens. Whether it counts in windows, over a sliding minute or with a
 * bucket: who spends no more than the limit within any time as long as the longest that it takes to be full again stays
 * within it. The first half may go at once, so that a small run is not slowed down; the rest is spread.
 */
export class GrantedRate {
  #limit = Infinity;
  #windowMs = 0;
  /** What others with the same credential have spent. */
  #others = 0;
  #until = 0;
  #slices: Slice[] = [];
  #first = 0;
  #spent = 0;

  /** Until when what was said holds. Milliseconds since 1970. */
  get until(): number {
    return this.#until;
  }

  /** How much may go out a second. */
  perSecondAt(now: number): number {
    if (now >= this.#until) return Infinity;
    this.#forget(now);
    const left = this.#ownLimit;
    return this.#spent < left / 2 ? Infinity : left / (this.#windowMs / 1000);
  }

  /** When so much may go out: `now`, or later. */
  readyAt(amount: number, now: number): number {
    if (now >= this.#until || amount === 0) return now;
    this.#forget(now);
    // What is more than the whole limit goes out alone, for the server to judge.
    if (this.#ownLimit < 1) return this.#until;
    let over = this.#spent + Math.min(amount, this.#ownLimit) - this.#ownLimit;
    for (let index = this.#first; over > 0 && index < this.#slices.length; index++) {
      const slice = this.#slices[index] as Slice;
      over -= slice.amount;
      if (over <= 0) return slice.at + this.#windowMs;
    }
    return now;
  }

  spend(amount: number, now: number): void {
    if (now >= this.#until) return;
    this.#spent += amount;
    const last = this.#slices.at(-1);
    if (last !== undefined && now - last.at < this.#windowMs * sliceRatio) last.amount += amount;
    else this.#slices.push({ at: now, amount });
  }

  observe({ limit, remaining, resetMs }: Allowance, now: number): void {
    if (limit !== this.#limit) this.#windowMs = 0;
    this.#limit = limit;
    this.#windowMs = Math.max(this.#windowMs, resetMs * (1 + marginRatio));
    if (this.#windowMs < shortestMs) return;
    this.#until = now + this.#windowMs;
    this.#forget(now);
    this.#others = Math.max(0, limit - remaining - this.#spent);
  }

  /** What of the limit is not spent by others. */
  get #ownLimit(): number {
    return Math.max(0, this.#limit - this.#others);
  }

  #forget(now: number): void {
    const slices = this.#slices;
    const before = now - this.#windowMs;
    while (this.#first < slices.length && (slices[this.#first] as Slice).at <= before) {
      this.#spent -= (slices[this.#first] as Slice).amount;
      this.#first++;
    }
    if (this.#first <= slices.length / 2) return;
    this.#slices = slices.slice(this.#first);
    this.#first = 0;
    if (this.#slices.length === 0) this.#spent = 0;
  }
}
