import type { Json, RecordedCall } from '@dgt/core';
import type { Budget } from '../budget/budget.js';
import type { RecordedAnswer } from '../ledger/records.js';
import type { Activity } from './activity.js';
import { neverSettle } from './attempt-recorder.js';
import type { Waves } from './waves.js';

/** A call that the ledger has no answer for. */
export interface OpenCall {
  /** Whose call it is: an attempt, or in a transformation an input. */
  readonly owner: number;
  /** Lane and number of the call. */
  readonly key: string;
  readonly hash: Buffer;
  readonly call: RecordedCall<Json>;
}

/** The lane of a call, and its number there. */
export function readCallKey(key: string): { readonly lane: string; readonly call: number } {
  const at = key.lastIndexOf('#');
  return { lane: key.slice(0, at), call: Number(key.slice(at + 1)) };
}

/**
 * Decides what becomes of a call that the ledger cannot answer: made now, held back until it is known how many there are or
 * until the budget has room for it, handed in with a wave, or, when the run is ending, not made at all.
 */
export class CallGate {
  readonly #activity: Activity;
  readonly #waves: Waves;
  readonly #budget: Budget;
  #held: (() => void)[] | undefined;
  #closed = false;

  constructor(activity: Activity, waves: Waves, budget: Budget) {
    this.#activity = activity;
    this.#waves = waves;
    this.#budget = budget;
  }

  /** Makes no further calls; those under way finish. */
  close(): void {
    this.#closed = true;
    this.#held = undefined;
    this.#budget.close();
  }

  /** Holds calls back from now on. */
  hold(): void {
    this.#held = [];
  }

  /** Lets the held calls go, and all later ones. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  /** How many calls are held back; undefined when none are to be. */
  get heldCount(): number | undefined {
    return this.#held?.length;
  }

  /** @param fetch makes the call; undefined when it has no answer in this run. */
  async pass(open: OpenCall, fetch: () => Promise<RecordedAnswer | undefined>): Promise<RecordedAnswer> {
    const held = this.#held;
    if (held !== undefined) {
      this.#activity.touch();
      await new Promise<void>((resolve) => held.push(resolve));
    }
    if (this.#closed) return neverSettle();
    const room = this.#budget.admit(open.call);
    if (room !== undefined) {
      this.#activity.touch();
      await room;
    }
    if (open.call.deferred !== undefined) return this.#release(open, this.#waves.wait(open));
    return (await this.#activity.during(() => this.#release(open, fetch()))) ?? neverSettle();
  }

  async #release<T>({ call }: OpenCall, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      this.#budget.release(call);
    }
  }
}
