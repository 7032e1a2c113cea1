import type { Clock } from '@dgt/core';

/** A clock that stands still until someone sleeps, and then jumps to the end of the sleep. */
export class FakeClock implements Clock {
  /** How long each sleep was to last, in the order in which they began. */
  readonly sleeps: number[] = [];
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(milliseconds);
    // Others get a turn first, so that a sleeper never overtakes work that is ready.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#now += milliseconds;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
