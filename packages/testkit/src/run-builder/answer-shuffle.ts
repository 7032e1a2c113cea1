import type { Random } from '@dgt/core';

/**
 * Holds answers back until nothing else can move, then lets one of them go, drawn at random: the order in which answers
 * arrive on a bad day.
 */
export class AnswerShuffle {
  readonly #random: Random;
  readonly #held: (() => void)[] = [];
  #isReleasing = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Resolves when it is this answer's turn. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
      if (!this.#isReleasing) void this.#release();
    });
  }

  async #release(): Promise<void> {
    this.#isReleasing = true;
    while (this.#held.length > 0) {
      await untilIdle();
      const [next] = this.#held.splice(this.#random.integer(this.#held.length), 1);
      next?.();
    }
    this.#isReleasing = false;
  }
}

/** Two turns of the event loop: whatever the last answer set going has asked for its next call by then. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
