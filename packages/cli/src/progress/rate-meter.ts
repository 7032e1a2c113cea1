/** How fast the rate forgets: after this time, what was counted before weighs about a third. @unit milliseconds */
const memoryMs = 30_000;

/** Before this much time no rate is given: it would jump about. @unit milliseconds */
const shortestMs = 2_000;

/** A moment of a run. */
interface Sample {
  readonly timeMs: number;
  /** Rows of the dataset, or inputs of it. */
  readonly done: number;
  /** Attempts that are committed. */
  readonly attempts: number;
}

/**
 * The rate at which a task gets its rows: an exponential moving average over time, corrected for its start. Rows that are
 * there before the first commit of this run come from earlier runs and do not count.
 */
export class RateMeter {
  #start: Sample | undefined;
  #last: Sample | undefined;
  #rate = 0;
  #weight = 0;

  /** Takes in how far the run is. Times must not go back. */
  add(sample: Sample): void {
    if (this.#start === undefined || sample.attempts === this.#start.attempts) {
      // The wait for the first commit belongs to its rows; what was read from the ledger does not.
      this.#start = { ...sample, timeMs: this.#start?.timeMs ?? sample.timeMs };
      this.#last = this.#start;
      return;
    }
    const { timeMs, done } = this.#last as Sample;
    const passedMs = sample.timeMs - timeMs;
    if (passedMs <= 0) return;
    const forgotten = Math.exp(-passedMs / memoryMs);
    this.#rate = this.#rate * forgotten + ((sample.done - done) / passedMs) * (1 - forgotten);
    this.#weight = this.#weight * forgotten + (1 - forgotten);
    this.#last = sample;
  }

  /** Undefined until enough was seen to tell. */
  get rowsPerMinute(): number | undefined {
    if (this.#start === undefined || this.#last === undefined) return undefined;
    if (this.#last.timeMs - this.#start.timeMs < shortestMs || this.#weight === 0) return undefined;
    return (this.#rate / this.#weight) * 60_000;
  }

  /** How long the rest of a quota takes at this rate; undefined when no end is in sight. @unit seconds */
  secondsFor(rows: number): number | undefined {
    const rate = this.rowsPerMinute;
    if (rate === undefined || rate < 0.01) return undefined;
    return (Math.max(0, rows) / rate) * 60;
  }
}
