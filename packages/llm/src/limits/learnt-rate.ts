/** Where the rate stands when a limit was just met: a little below what was let through. */
const belowLimit = 0.98;
/** Tries that are let through for each one refused, before the limit is tried anew: what keeps the refused ones few. */
const acceptedPerRejection = 80;
const mostRejectionsCounted = 6;
const shortestHoldMs = 1000;
const longestHoldMs = 45_000;
const settlingMs = 200;
const unsettledMs = 5000;
/** How far the rate may be ahead of what went out in the last second: it doubles in one at the most. */
const mostAhead = 2.5;
/** So many requests make a measurement, or so much time. */
const measuredRequests = 20;
const acceptedPerSecondOfProbe = 10;
const slotMs = 100;
const slots = 200;

/**
 * How many requests a second a server lets through that does not say so. Unlimited until it refuses one for its rate; then a
 * little below what it was seen to let through, and after a while upward again, slowly at first: a limit that stayed the
 * same is met with one or two refusals, one that has doubled is found in seconds.
 */
export class LearntRate {
  #perSecond = Infinity;
  /** The rate at which the server last refused nothing. */
  #base = Infinity;
  /** Until the second refusal the rate is a guess from the first moments, and grows fast. */
  #isGuess = true;
  #cutAt = -Infinity;
  #firstRejectedAt: number | undefined;
  #acceptedSinceCut = 0;
  #rejections = 0;
  /** How long the rate has been what slowed requests down, since the last cut. @unit milliseconds */
  #boundMs = 0;
  #boundAt = 0;
  #probeFrom = { boundMs: 0, accepted: 0 };
  readonly #counts = new Float64Array(slots);
  readonly #countedSlot = new Float64Array(slots);
  #firstSentAt: number | undefined;

  /** Whether it is more than a first guess. */
  get isSettled(): boolean {
    return !this.#isGuess;
  }

  /** Requests a second. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** A request went out; it counts as let through until it is refused. */
  noteSent(now: number): void {
    this.#firstSentAt ??= now;
    this.#countAt(now, 1);
    this.#acceptedSinceCut++;
  }

  /** Requests wait for this rate: time to try more of it. */
  noteBound(now: number): void {
    if (this.#perSecond === Infinity) return;
    this.#boundMs += Math.min(1000, Math.max(0, now - this.#boundAt));
    this.#boundAt = now;
    if (this.#isGuess) {
      // Doubles each second, when each is let through.
      this.#grow(this.#base + Math.LN2 * this.#acceptedSinceCut, now);
      return;
    }
    if (this.#isHeld) {
      this.#probeFrom = { boundMs: this.#boundMs, accepted: this.#acceptedSinceCut };
      return;
    }
    // Of a slow server, more of the limit is tried only as often as requests can tell.
    const seconds = Math.min(
      (this.#boundMs - this.#probeFrom.boundMs) / 1000,
      (this.#acceptedSinceCut - this.#probeFrom.accepted) / acceptedPerSecondOfProbe,
    );
    this.#grow(this.#base * (1 + 0.02 * seconds + 0.015 * seconds ** 3), now);
  }

  /** A request was refused, and not for the rate. */
  noteUncounted(sentAt: number): void {
    this.#countAt(sentAt, -1);
    this.#acceptedSinceCut = Math.max(0, this.#acceptedSinceCut - 1);
  }

  /** A request was refused for the rate. */
  noteRejected(sentAt: number, now: number): void {
    this.noteUncounted(sentAt);
    const accepted = Math.max(this.#measureAccepted(now), 0.1);
    // What was refused in the first moments says nothing of how often to try.
    this.#firstRejectedAt ??= now;
    const isSettled = now - this.#firstRejectedAt > unsettledMs;
    // What a cut does shows a little later.
    if (sentAt < this.#cutAt + (this.#isGuess ? 0 : settlingMs)) {
      if (isSettled) this.#rejections++;
      // The first refusals come in one after the other, each with better knowledge of what was let through.
      if (this.#isGuess) this.#base = this.#perSecond = Math.min(this.#perSecond, accepted);
      return;
    }
    const wasHeld = this.#isHeld;
    this.#rejections = wasHeld && isSettled ? this.#rejections + 1 : 1;
    const isFirst = this.#perSecond === Infinity;
    if (isFirst) this.#perSecond = accepted;
    // Refused while more was tried: the limit is about there. Refused again soon after: it is where it was measured.
    else if (!wasHeld && !this.#isGuess) this.#perSecond = belowLimit * Math.min(this.#perSecond, accepted * 1.01);
    else this.#perSecond = clamp(accepted * belowLimit, this.#perSecond * 0.5, this.#perSecond * belowLimit);
    this.#isGuess = isFirst;
    this.#base = this.#perSecond;
    this.#cutAt = now;
    this.#acceptedSinceCut = 0;
    this.#boundMs = 0;
    this.#probeFrom = { boundMs: 0, accepted: 0 };
    this.#boundAt = now;
  }

  /** Takes a rate back that was cut because the server let nothing through for a while. */
  restore(perSecond: number, now: number): void {
    this.#perSecond = perSecond;
    this.#base = perSecond;
    this.#boundMs = 0;
    this.#boundAt = now;
  }

  /** Begins anew at a rate, as after the first refusal: those that lowered it were for something else. */
  reopen(perSecond: number, now: number): void {
    this.restore(perSecond, now);
    this.#isGuess = true;
    this.#cutAt = now;
    this.#acceptedSinceCut = 0;
    this.#rejections = 0;
  }

  /** Whether it is too early to try more. */
  get #isHeld(): boolean {
    if (this.#boundMs >= longestHoldMs) return false;
    const needed = acceptedPerRejection * Math.min(this.#rejections, mostRejectionsCounted);
    return this.#boundMs < shortestHoldMs || this.#acceptedSinceCut < needed;
  }

  /** A rate that is not used says nothing: it stays near what goes out. */
  #grow(perSecond: number, now: number): void {
    const most = Math.max(this.#base, mostAhead * this.#measureAccepted(now));
    this.#perSecond = Math.min(perSecond, most);
  }

  #countAt(time: number, amount: number): void {
    const slot = Math.floor(time / slotMs);
    const index = slot % slots;
    if (this.#countedSlot[index] !== slot) {
      // A refusal that comes after so long is too old to count.
      if (amount < 0) return;
      this.#countedSlot[index] = slot;
      this.#counts[index] = 0;
    }
    this.#counts[index] = (this.#counts[index] as number) + amount;
  }

  /** Requests a second that were let through, over the last second, or longer when they are few. */
  #measureAccepted(now: number): number {
    const slot = Math.floor(now / slotMs);
    let count = 0;
    let seen = 0;
    const known = Math.min(slots - 1, Math.ceil((now - (this.#firstSentAt ?? now)) / slotMs) + 1);
    while (seen < known && (seen <= 1000 / slotMs || count < measuredRequests)) {
      const index = (slot - seen) % slots;
      if (this.#countedSlot[index] === slot - seen) count += this.#counts[index] as number;
      seen++;
    }
    // The slot of this moment has only begun.
    const elapsedMs = Math.max(0, seen - 1) * slotMs + (now - slot * slotMs);
    return count / (Math.max(1000, elapsedMs) / 1000);
  }
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
