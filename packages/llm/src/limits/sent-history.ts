/** A try that is under way, or was. */
export interface Sent {
  readonly sentAt: number;
  /** How many others were in flight when it went out. */
  readonly others: number;
  /** Whether it was refused for being one too many, in a second or at once. */
  isRejected: boolean;
}

const remembered = 64;
/** So many like it that were let through for each one refused clear the number in flight. */
const accusedShare = 4;

/**
 * The last tries, for telling why a server refuses one. A limit of the number at once lets through all that find few others
 * in flight and none that find many; a limit of the rate lets through some of either.
 */
export class SentHistory {
  readonly #last: Sent[] = [];
  #next = 0;

  add(sent: Sent): void {
    this.#last[this.#next] = sent;
    this.#next = (this.#next + 1) % remembered;
  }

  /**
   * Whether the number in flight is why this one was refused; undefined when there is no telling.
   *
   * @param others how many were in flight beside it when it was judged, as far as that is known.
   */
  wasTooManyAtOnce(rejected: Sent, others: number, now: number): boolean | undefined {
    // What went out so recently may yet be refused too.
    const undecidedAfter = now - 1.5 * (now - rejected.sentAt);
    let accepted = 0;
    let refused = 0;
    for (const sent of this.#last) {
      if (sent === rejected || sent.others < others) continue;
      if (sent.isRejected) refused++;
      else if (sent.sentAt < undecidedAfter) accepted++;
    }
    // This one counts as refused too.
    if (accepted >= accusedShare * (refused + 1)) return false;
    return accepted <= refused && refused > 0 ? true : undefined;
  }
}
