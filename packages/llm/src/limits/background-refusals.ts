/** A smaller share is what it costs to try for more of a limit; a larger one is a server that hardly serves. */
const smallestShare = 0.02;
const largestShare = 0.4;
/** Slow enough that a limit which was just met would refuse nothing any more. */
const slowerRatio = 0.75;
const slowEnoughRatio = 0.5;
/** So many refusals must be expected of the slower rate, and so much time have passed, before it tells anything. */
const expectedRefusals = 6;
const conclusiveRefusals = 20;
const comparableTries = 30;
/** Tries over which it shows whether a faster rate is really refused no more. */
const trialTries = 100;
const shortestMs = 1000;
/** How far two shares may differ and be called the same. */
const lowestRatio = 0.6;
const highestRatio = 1.7;
/** Tries over which a share is followed, the quick one for telling that there are more refusals than that, the slow one for learning it. */
const quickTries = 150;
const slowTries = 1500;

/** Tries that went out at about the same rate. */
interface Phase {
  readonly startedAt: number;
  /** The fastest of them. */
  perSecond: number;
  sent: number;
  refused: number;
}

/** What a refusal means. */
export interface RefusalCause {
  /** Whether it would have come at any rate. */
  readonly isBackground: boolean;
  /** Requests a second to go back to, once it turns out that slowing down was of no use. */
  readonly restoreTo?: number;
}

/**
 * Knows refusals that have nothing to do with how fast requests go out, such as those of a server that others overload. A limit
 * refuses nothing below it; so when the rate was lowered and the same share is refused as before, that share comes by itself: it is no
 * reason to go slower, and only what exceeds it counts.
 */
export class BackgroundRefusals {
  /** The share of tries that is refused at any rate; 0 until it is known. */
  #share = 0;
  #faster: Phase = startPhase(-Infinity, Infinity);
  #slower: Phase | undefined;
  #perSecond = Infinity;
  #trial = 0;
  #quick = { sent: 0, refused: 0 };
  #slow = { sent: 0, refused: 0 };

  /** A request went out. @param perSecond the rate that holds. */
  noteSent(perSecond: number, now: number): void {
    this.#perSecond = perSecond;
    const { perSecond: before } = this.#faster;
    if (before === Infinity) this.#faster.perSecond = perSecond;
    else if (this.#slower === undefined && perSecond <= slowerRatio * before) this.#slower = startPhase(now, perSecond);
    (this.#slower ?? this.#faster).sent++;
    this.#follow(0, 1);
  }

  /** A request was refused that went out at a moment. */
  noteRefused(sentAt: number, now: number): RefusalCause {
    const phase = this.#slower !== undefined && sentAt >= this.#slower.startedAt ? this.#slower : this.#faster;
    phase.refused++;
    this.#follow(1, 0);
    const restoreTo = this.#compare(now);
    if (restoreTo !== undefined) return { isBackground: true, restoreTo };
    return { isBackground: (this.#share > 0 && !this.#isExceeded) || this.#isSlowEnough };
  }

  /** Whether to go still slower would only make it take longer to tell. */
  get #isSlowEnough(): boolean {
    const [faster, slower] = [this.#faster, this.#slower];
    if (slower === undefined || this.#perSecond > slowEnoughRatio * faster.perSecond) return false;
    const share = shareOf(faster);
    return isUsable(share) && slower.refused <= highestRatio * slower.sent * share + 2;
  }

  /** Whether clearly more than the share is refused. */
  get #isExceeded(): boolean {
    const { sent, refused } = this.#quick;
    return refused > sent * (this.#share * 1.6 + 2 * Math.sqrt(this.#share / Math.max(1, sent)));
  }

  /** @returns the rate to go back to, when the slower one was refused as often as the faster. */
  #compare(now: number): number | undefined {
    const [faster, slower] = [this.#faster, this.#slower];
    if (slower === undefined) return undefined;
    const share = shareOf(faster);
    const expected = slower.sent * share;
    if (!isUsable(share)) {
      if (slower.sent >= comparableTries) this.#forget(slower);
      return undefined;
    }
    if (expected < expectedRefusals || now - slower.startedAt < shortestMs) return undefined;
    const isSame = slower.refused >= lowestRatio * expected && slower.refused <= highestRatio * expected + 2;
    if (!isSame) {
      if (expected >= conclusiveRefusals) this.#forget(slower);
      return undefined;
    }
    this.#share = (faster.refused + slower.refused) / (faster.sent + slower.sent);
    this.#trial = trialTries;
    this.#quick = { sent: 0, refused: 0 };
    this.#slow = { sent: slowTries / 4, refused: (this.#share * slowTries) / 4 };
    this.#forget(startPhase(now, faster.perSecond));
    return faster.perSecond;
  }

  #forget(faster: Phase): void {
    this.#faster = faster;
    this.#slower = undefined;
  }

  /** Follows what is refused lately, and lets the share go when it is gone. */
  #follow(refused: number, sent: number): void {
    if (this.#share === 0) return;
    this.#trial -= sent;
    add(this.#quick, { sent, refused }, quickTries);
    add(this.#slow, { sent, refused }, slowTries);
    // Downward alone: what comes on top may be for the rate.
    const seen = this.#slow.refused / this.#slow.sent;
    this.#share = Math.min(this.#share, seen + 2 * Math.sqrt(seen / slowTries));
    if (this.#share < smallestShare / 4 || (this.#trial > 0 && this.#isExceeded)) this.#share = 0;
  }
}

function shareOf({ sent, refused }: Phase): number {
  return sent === 0 ? 1 : refused / sent;
}

function isUsable(share: number): boolean {
  return share >= smallestShare && share <= largestShare;
}

function startPhase(startedAt: number, perSecond: number): Phase {
  return { startedAt, perSecond, sent: 0, refused: 0 };
}

/** Counts, while what is older than so many tries fades. */
function add(counts: { sent: number; refused: number }, more: { sent: number; refused: number }, tries: number): void {
  const kept = 1 - more.sent / tries;
  counts.sent = counts.sent * kept + more.sent;
  counts.refused = counts.refused * kept + more.refused;
}
