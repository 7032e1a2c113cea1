import { backoffMs } from '@dgt/core';

const fewest = 5;
const mostOfAll = 0.9;
const longest = 12;

/** Notices that a server refuses nearly everything, as one does whose minute is used up, and says how long to pause. */
export class RefusalStreak {
  #startedAt: number | undefined;
  #sent = 0;
  #refused = 0;
  #pauses = 0;

  noteSent(): void {
    if (this.#startedAt !== undefined) this.#sent++;
  }

  /** A try was answered, so the server lets something through. */
  noteAnswered(sentAt: number): void {
    if (this.#startedAt === undefined || sentAt < this.#startedAt) return;
    this.#startedAt = undefined;
    this.#pauses = 0;
  }

  /** @returns whether a streak begins with this one, and how long to pause, if at all. */
  noteRefused(sentAt: number, options: { readonly retryAfterMs: number | undefined; readonly now: number }) {
    const { retryAfterMs = 0, now } = options;
    if (this.#startedAt === undefined || (this.#sent > longest && this.#refused < this.#sent / 2)) {
      this.#start(now);
      return { begins: true, pauseMs: 0 };
    }
    // What was under way when the first was refused says nothing new.
    if (sentAt < this.#startedAt) return { begins: false, pauseMs: 0 };
    this.#refused++;
    if (this.#refused < fewest || this.#refused < this.#sent * mostOfAll) return { begins: false, pauseMs: 0 };
    const pauseMs = retryAfterMs > 0 ? retryAfterMs : backoffMs(this.#pauses++);
    this.#start(now);
    return { begins: false, pauseMs };
  }

  #start(now: number): void {
    this.#startedAt = now;
    this.#sent = 0;
    this.#refused = 0;
  }
}
