import type { Clock } from '@dgt/core';
import type { Activity } from './activity.js';

/** How long a builder may wait for something that dgt does not know of before that is said. @unit milliseconds */
const longestMs = 60_000;

/** A builder that waits for something of its own looks like a run that hangs, unless somebody says so. */
export class ForeignWait {
  readonly #activity: Activity;
  readonly #clock: Clock;
  readonly #announce: (message: string) => void;
  #wait: { readonly changes: number; readonly since: number; isTold: boolean } | undefined;

  constructor(activity: Activity, { clock, announce }: { clock: Clock; announce: (message: string) => void }) {
    this.#activity = activity;
    this.#clock = clock;
    this.#announce = announce;
  }

  /** To be called when no lane can move and dgt waits for nothing. */
  notice(attempt: number): void {
    const { changes } = this.#activity;
    if (this.#wait?.changes !== changes) this.#wait = { changes, since: this.#clock.now(), isTold: false };
    const { since, isTold } = this.#wait;
    if (isTold || this.#clock.now() - since < longestMs) return;
    this.#wait.isTold = true;
    this.#announce(`attempt ${attempt} waits for something outside of dgt; calls under way: none`);
  }
}
