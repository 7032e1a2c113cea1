/** An amount that counts for a while. */
export interface Entry {
  readonly at: number;
  amount: number;
}

/** What was used within the last so many milliseconds, at any time: no fixed minutes with a burst at each border. */
export class SlidingWindow {
  readonly #windowMs: number;
  #entries: Entry[] = [];
  /** The first entry that still counts; those before it are dropped now and then. */
  #first = 0;
  #used = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  used(now: number): number {
    const from = now - this.#windowMs;
    while (this.#first < this.#entries.length && (this.#entries[this.#first] as Entry).at <= from) {
      this.#used -= (this.#entries[this.#first++] as Entry).amount;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return this.#used;
  }

  add(now: number, amount: number): Entry {
    const entry = { at: now, amount };
    this.#entries.push(entry);
    this.#used += amount;
    return entry;
  }

  /** Corrects what an entry amounts to, once it is known. */
  settle(entry: Entry, amount: number, now: number): void {
    this.used(now);
    // One that no longer counts was taken off with the amount it had.
    if (entry.at > now - this.#windowMs) this.#used += amount - entry.amount;
    entry.amount = amount;
  }

  /** How long until no more than this is used; the whole window when that is never. @unit milliseconds */
  untilAtMost(amount: number, now: number): number {
    let left = this.used(now);
    if (left <= amount) return 0;
    for (let index = this.#first; index < this.#entries.length; index++) {
      const entry = this.#entries[index] as Entry;
      left -= entry.amount;
      if (left <= amount) return entry.at + this.#windowMs - now;
    }
    return this.#windowMs;
  }
}
