import type { Json } from '@dgt/core';
import { neverSettle } from '../engine/attempt-recorder.js';
import type { OpenCall } from '../engine/call-gate.js';
import type { Ledger } from '../ledger/ledger.js';
import type { RecordedAnswer } from '../ledger/records.js';
import type { CallLog } from './call-log.js';

/** Answers calls from the ledger and makes none. */
export class RecordedGate {
  readonly #ledger: Pick<Ledger, 'answersOf'>;
  readonly #calls: CallLog;
  readonly #recorded = new Map<number, readonly RecordedAnswer[]>();
  #isMissing = false;

  constructor(ledger: Pick<Ledger, 'answersOf'>, calls: CallLog) {
    this.#ledger = ledger;
    this.#calls = calls;
  }

  /** Whether a call waits for an answer that was never recorded. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  pass(open: OpenCall): Promise<RecordedAnswer> {
    const there = this.#answersOf(open.owner).filter(({ lane, call }) => `${lane}#${call}` === open.key);
    const same = there.find(({ hash }) => hash.equals(open.hash));
    // Of several, the one that was recorded last was given last.
    const answer = same ?? there.at(-1);
    if (answer === undefined) {
      this.#isMissing = true;
      this.#calls.add(open, null as Json, 'unanswered');
      return neverSettle();
    }
    this.#calls.add(open, answer.answer, same === undefined ? 'differs' : answer.failed ? 'failed' : 'answered');
    return Promise.resolve(answer);
  }

  #answersOf(owner: number): readonly RecordedAnswer[] {
    const known = this.#recorded.get(owner) ?? this.#ledger.answersOf(owner);
    this.#recorded.set(owner, known);
    return known;
  }
}
