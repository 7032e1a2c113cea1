/** Tries that are let through for each one refused, before one more is tried. */
const acceptedPerRejection = 80;
const mostRejectionsCounted = 6;
const longestHoldMs = 120_000;

/**
 * How many requests a server works on at once that does not say so. Unlimited until it refuses one for being too many; then
 * as many as it was working on, and later one more, two more, four more, until it refuses again.
 */
export class LearntCap {
  #cap = Infinity;
  /** Until the second refusal the cap is a guess from the first moments, and grows fast. */
  #isGuess = true;
  /** How far the refusals of one moment may lower it. */
  #lowest = 1;
  #cutAt = -Infinity;
  #changedAt = 0;
  #rejections = 0;
  #acceptedSinceChange = 0;
  #step = 0;

  /** Whether it is more than a first guess. */
  get isSettled(): boolean {
    return !this.#isGuess;
  }

  /** How many may be in flight. */
  get cap(): number {
    return this.#cap;
  }

  /** A request went out. @param isBound whether others have to wait for it to come back. */
  noteSent(isBound: boolean, now: number): void {
    if (this.#cap === Infinity || !isBound) return;
    this.#acceptedSinceChange++;
    if (this.#isGuess) {
      // One more for each that is let through doubles the number within a round trip.
      if (this.#acceptedSinceChange > this.#cap) this.#cap++;
      return;
    }
    if (this.#isHeldAt(now)) return;
    this.#step = Math.max(1, this.#step * 2);
    this.#cap += this.#step;
    this.#acceptedSinceChange = 0;
    this.#changedAt = now;
  }

  /** A request was refused. @param others how many are in flight beside it. */
  noteRejected(sentAt: number, others: number, now: number): void {
    const working = Math.max(1, others);
    if (sentAt < this.#cutAt) {
      this.#rejections++;
      // As the refusals come in, those in flight become those that the server works on.
      this.#cap = Math.min(this.#cap, Math.max(this.#lowest, working));
      return;
    }
    const isFirst = this.#cap === Infinity;
    // Once settled, one refusal takes little away: half of it would leave the server idle most of the time.
    this.#lowest = isFirst ? 1 : Math.max(1, Math.floor(this.#cap * (this.#isGuess ? 0.5 : 0.8)));
    const gently = isFirst ? working : Math.max(1, Math.min(Math.floor(this.#cap) - 1, Math.floor(this.#cap * 0.95)));
    this.#cap = Math.min(gently, Math.max(this.#lowest, working));
    // What was refused before anything was known says nothing of how often to try.
    const isAgain = !this.#isGuess && this.#step === 0 && this.#isHeldAt(now);
    this.#rejections = isAgain ? this.#rejections + 1 : 1;
    this.#isGuess = isFirst;
    this.#cutAt = now;
    this.#changedAt = now;
    this.#acceptedSinceChange = 0;
    this.#step = 0;
  }

  /** A request was refused for the rate: as many at once are let through, and perhaps more. */
  noteOtherCause(): void {
    this.#cap = Math.ceil(this.#cap * 1.25);
  }

  /** Whether it is too early to try more. */
  #isHeldAt(now: number): boolean {
    const isProbing = this.#step > 0 || now - this.#changedAt >= longestHoldMs;
    const needed = isProbing ? 0 : acceptedPerRejection * Math.min(this.#rejections, mostRejectionsCounted);
    return this.#acceptedSinceChange < Math.max(needed, this.#cap);
  }

  /** Takes a cap back that was lowered because the server let nothing through for a while. */
  restore(cap: number): void {
    this.#cap = cap;
    this.#acceptedSinceChange = 0;
    this.#step = 0;
  }
}
