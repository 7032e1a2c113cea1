import type { EventLog } from '../output/event-log.js';

/** Says that a builder did not ask for what it asked before: it has changed, or depends on something that it must not. */
export class UnusedAnswers {
  readonly #events: EventLog;
  readonly #announce: (message: string) => void;
  #isTold = false;

  constructor({ events, announce }: { events: EventLog; announce: (message: string) => void }) {
    this.#events = events;
    this.#announce = announce;
  }

  /** @param unused recorded answers that the attempt has left. */
  report(attempt: number, unused: number): void {
    if (unused === 0) return;
    const message = `attempt ${attempt} left ${unused} recorded answers unused: its builder has changed, or does not depend on its seeds and ctx.random alone`;
    this.#events.write('warning', message, { attempt, unused });
    // After an edit it may be all of them; events.jsonl has the others.
    if (!this.#isTold) this.#announce(message);
    this.#isTold = true;
  }
}
