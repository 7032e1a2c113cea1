import { neverSettle } from '../engine/attempt-recorder.js';
import type { Activity } from '../engine/activity.js';
import type { OpenCall } from '../engine/call-gate.js';
import type { CallLog } from '../inspect/call-log.js';
import type { RecordedAnswer } from '../ledger/records.js';

/** A call that waits for its turn, and after how many releases it came. */
interface HeldCall {
  readonly after: number;
  go(): void;
}

/**
 * Lets as many calls of a builder pass at a time as rows are wanted: an attempt may ask for hundreds, and a preview is not to
 * pay for more than it shows.
 */
export class PreviewGate {
  readonly #activity: Activity;
  readonly #calls: CallLog;
  readonly #holds: (open: OpenCall) => boolean;
  #held: HeldCall[] = [];
  #releases = 0;

  /** @param holds tells which calls wait for {@link release}. */
  constructor(activity: Activity, calls: CallLog, holds: (open: OpenCall) => boolean) {
    this.#activity = activity;
    this.#calls = calls;
    this.#holds = holds;
  }

  async pass(open: OpenCall, fetch: () => Promise<RecordedAnswer | undefined>): Promise<RecordedAnswer> {
    if (this.#holds(open)) {
      this.#activity.touch();
      await new Promise<void>((go) => this.#held.push({ after: this.#releases, go }));
    }
    const answer = (await this.#activity.during(fetch)) ?? (await neverSettle());
    this.#calls.add(open, answer.answer, answer.failed ? 'failed' : 'answered');
    return answer;
  }

  /** Lets some calls go, first those that came last: they follow from answers, and rows are nearer to their end with them. */
  release(count: number): void {
    const inTurn = this.#held.toSorted((a, b) => b.after - a.after);
    const released = new Set(inTurn.slice(0, count));
    this.#held = this.#held.filter((call) => !released.has(call));
    this.#releases++;
    for (const { go } of released) go();
  }

  /** Forgets the calls that wait: nothing is going to be made of them. */
  drop(): void {
    this.#held = [];
  }
}
