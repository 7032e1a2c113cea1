import { setTimeout as delay } from 'node:timers/promises';

/** How long nothing may happen before a run is taken to be stuck on answers that are not coming. @unit milliseconds */
const quietMs = 20;

/**
 * Counts the calls under way, to tell when no lane can move any more: every builder waits for an answer that nobody is
 * fetching (deferred, held back, or not started because the run is ending).
 */
export class Activity {
  #underWay = 0;
  #changes = 0;

  get underWay(): number {
    return this.#underWay;
  }

  /** Grows with everything that moves. */
  get changes(): number {
    return this.#changes;
  }

  /** Counts a piece of work from its start to its end. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    this.#changes++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#changes++;
    }
  }

  /** Says that something moved which is not a piece of work, such as a committed attempt. */
  touch(): void {
    this.#changes++;
  }

  /** Resolves when nothing is under way and nothing has moved for a while; gives up when the signal fires. */
  async whenQuiet(signal: AbortSignal): Promise<void> {
    let seen = -1;
    while (!signal.aborted && (this.#underWay > 0 || this.#changes !== seen)) {
      seen = this.#changes;
      await delay(quietMs, undefined, { signal }).catch(() => {});
    }
  }
}
