import type { Clock } from '@dgt/core';

/** Rings once at a time that may be moved: one sleep of the clock at most is under way. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #pending: { readonly at: number; readonly controller: AbortController } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at this time at the latest. Milliseconds since 1970. */
  set(at: number): void {
    if (this.#pending !== undefined && this.#pending.at <= at) return;
    this.clear();
    const pending = { at, controller: new AbortController() };
    this.#pending = pending;
    const ring = () => {
      if (this.#pending !== pending) return;
      this.#pending = undefined;
      this.#ring();
    };
    // Nothing but clear() ends the sleep early.
    this.#clock.sleep(Math.max(0, at - this.#clock.now()), pending.controller.signal).then(ring, () => {});
  }

  /** Does not ring any more. */
  clear(): void {
    this.#pending?.controller.abort();
    this.#pending = undefined;
  }
}
