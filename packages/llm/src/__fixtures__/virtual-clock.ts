import type { Clock } from '@dgt/core';
import { Heap } from '../limits/heap.js';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  isGone: boolean;
  wake(): void;
}

/** A clock that goes from one sleeper's end to the next as soon as nothing else is left to do: an hour takes a second. */
export class VirtualClock implements Clock {
  readonly #sleepers = new Heap<Sleeper>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  #now = 1_000_000_000_000;
  #order = 0;

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        sleeper.isGone = true;
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#now + milliseconds, order: this.#order++, isGone: false, wake };
      this.#sleepers.push(sleeper);
    });
  }

  /**
   * Lets time pass until the work is done.
   *
   * @param settle waits until nothing happens outside of the clock any more, where something does.
   */
  async run<T>(work: Promise<T>, settle?: () => Promise<unknown>): Promise<T> {
    let isDone = false;
    const end = () => void (isDone = true);
    work.then(end, end);
    for (;;) {
      await (settle?.() ?? new Promise((resolve) => setImmediate(resolve)));
      if (isDone) return work;
      const next = this.#sleepers.pop();
      if (next?.isGone || (next === undefined && settle !== undefined)) continue;
      if (next === undefined) throw new Error('nobody sleeps and the work is not done');
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
