/** A try that is under way, or was. */
export interface Sent {
  readonly sentAt: number;
  /** Counts tries. */
  readonly order: number;
  /** How many others were in flight when it went out; those that are found to have been refused no longer count. */
  others: number;
  /** Whether it was refused for being one too many, in a second or at once. */
  isRejected: boolean;
}

const remembered = 256;
/** So many like it that were let through, and so many for each one refused, clear the number in flight. */
const fewestAccepted = 8;
const acceptedShare = 1 / 4;

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

  /** One was refused: the server did not work on it beside those that went out after it. */
  noteRejected(rejected: Sent): void {
    rejected.isRejected = true;
    for (const sent of this.#last) if (sent.order > rejected.order) sent.others--;
  }

  /**
   * Whether the number in flight is why this one was refused; undefined when there is no telling.
   *
   * @param options.others how many were in flight beside it when it was judged, as far as that is known.
   * @param options.since refusals up to then tell nothing.
   */
  wasTooManyAtOnce(rejected: Sent, options: { others: number; since: number; now: number }): boolean | undefined {
    const { others, since, now } = options;
    // What went out so recently may yet be refused too.
    const undecidedAfter = now - 1.5 * (now - rejected.sentAt);
    let accepted = 0;
    let refused = 0;
    for (const sent of this.#last) {
      if (sent === rejected || sent.others < others) continue;
      if (!sent.isRejected) {
        if (sent.sentAt < undecidedAfter) accepted++;
      } else if (sent.sentAt > since) refused++;
    }
    if (accepted >= Math.max(fewestAccepted, refused * acceptedShare)) return false;
    return refused > 0 && accepted <= refused ? true : undefined;
  }
}
