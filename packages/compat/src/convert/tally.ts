import type { Outcome, Sample } from './outcome.js';

/** What became of every line that was read, by the ids of the answers. */
export class Tally {
  /** Ids that ended without an answer, and why. */
  readonly failed = new Map<string, string>();
  /** Ids that several lines have. */
  readonly repeated = new Set<string>();
  /** Ids that were asked for and came back in no file. */
  readonly missing: string[] = [];
  /** Ids that came back without having been asked for. */
  readonly unasked: string[] = [];
  /** How many answers were cut off by `max_tokens`. */
  cut = 0;
  /** How many answers had more than the one that is written. */
  several = 0;
  readonly #answered = new Set<string>();

  /** Of the lines of each id, gives the first that is an answer, as soon as it comes. */
  async *takeFirst(outcomes: AsyncIterable<Outcome>): AsyncGenerator<Sample> {
    for await (const outcome of outcomes) {
      const { id } = outcome;
      const isAnswered = this.#answered.has(id);
      if (isAnswered || this.failed.has(id)) this.repeated.add(id);
      if (isAnswered) continue;
      if ('sample' in outcome) {
        this.#answered.add(id);
        this.failed.delete(id);
        yield this.#count(outcome);
      } else if (!this.failed.has(id)) this.failed.set(id, outcome.failure);
    }
  }

  /** Gives every answer; for rows whose ids need not differ. */
  async *takeAll(outcomes: AsyncIterable<Outcome>): AsyncGenerator<Sample> {
    for await (const outcome of outcomes) {
      if ('sample' in outcome) yield this.#count(outcome);
      else this.failed.set(outcome.id, outcome.failure);
    }
  }

  #count({ sample, isCut, choices = 1 }: Extract<Outcome, { sample: Sample }>): Sample {
    if (isCut) this.cut++;
    if (choices > 1) this.several++;
    return sample;
  }
}
