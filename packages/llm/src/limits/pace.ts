/** A rate of nearly nothing is asked about again after this. @unit milliseconds */
const longestMs = 60_000;

/**
 * Spreads an amount evenly over time: requests, or tokens. What was spent runs off at a rate, and the next may be spent once
 * nothing is left of it. Unlike a bucket that fills up while nobody calls, it lets no burst through.
 */
export class Pace {
  #perSecond = Infinity;
  #catchUpMs = 0;
  /** What was spent and has not run off yet; a little below 0 to catch up. */
  #owed = 0;
  #updatedAt = 0;

  /** How much runs off. Infinity lets everything through. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** @param catchUpMs how much of the time that a timer fires late is made up for. */
  setRate(perSecond: number, { catchUpMs, now }: { readonly catchUpMs: number; readonly now: number }): void {
    this.#catchUpMs = catchUpMs;
    this.#runOff(now);
    if (this.#perSecond === Infinity) this.#owed = 0;
    this.#perSecond = perSecond;
  }

  /** When the next may be spent: `now`, or later. */
  readyAt(now: number): number {
    if (this.#perSecond === Infinity) return now;
    this.#runOff(now);
    // Less than one of anything is a rounding error.
    if (this.#owed <= 1e-9) return now;
    return now + Math.min(longestMs, (this.#owed / this.#perSecond) * 1000);
  }

  /** @param amount below 0 for what was expected to be spent and was not. */
  spend(amount: number, now: number): void {
    if (this.#perSecond === Infinity) return;
    this.#runOff(now);
    this.#owed += amount;
  }

  #runOff(now: number): void {
    const { perSecond } = this;
    if (perSecond !== Infinity) {
      const left = this.#owed - (Math.max(0, now - this.#updatedAt) / 1000) * perSecond;
      // What was given back stays there to be spent, however much it is.
      this.#owed = Math.max(left, Math.min(this.#owed, (-this.#catchUpMs / 1000) * perSecond));
    }
    this.#updatedAt = now;
  }
}
