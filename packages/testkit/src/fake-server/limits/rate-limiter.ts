import { SlidingWindow, type Entry } from './sliding-window.js';

/** How much each API key may ask. Every window slides: at no time may more lie within the last minute, or second. */
export interface RateLimits {
  readonly requestsPerMinute?: number;
  readonly requestsPerSecond?: number;
  /** A request counts with its prompt and its limit on the answer, and from its answer on with what it used. */
  readonly tokensPerMinute?: number;
  readonly tokensPerSecond?: number;
}

/** How far a limit is used. */
export interface LimitLevel {
  readonly limit: number;
  readonly remaining: number;
  /** Until nothing of it is used. @unit milliseconds */
  readonly resetMs: number;
  /** The same as a time. @unit milliseconds since 1970 */
  readonly resetAt: number;
}

/** What a client is told about its limits. */
export interface LimitState {
  readonly requests: LimitLevel | undefined;
  readonly tokens: LimitLevel | undefined;
}

/** Whether a request may go on. */
export interface Admission {
  readonly isAdmitted: boolean;
  /** When it might. @unit milliseconds */
  readonly waitMs: number;
  /** What of it is used up. */
  readonly exceeded: 'requests' | 'tokens' | undefined;
  readonly state: LimitState;
  /** Says how many tokens the request used in the end. */
  settle(tokens: number, now: number): void;
}

interface Limit {
  readonly kind: 'requests' | 'tokens';
  readonly amount: number;
  readonly windowMs: number;
}

/** Keeps the rate limits of every API key. Times are handed in, so that a test decides them. */
export class RateLimiter {
  readonly #limits: readonly Limit[];
  readonly #windows = new Map<string, SlidingWindow[]>();

  constructor(limits: RateLimits) {
    const { requestsPerMinute, requestsPerSecond, tokensPerMinute, tokensPerSecond } = limits;
    const given: [Limit['kind'], number | undefined, number][] = [
      ['requests', requestsPerMinute, 60_000],
      ['requests', requestsPerSecond, 1000],
      ['tokens', tokensPerMinute, 60_000],
      ['tokens', tokensPerSecond, 1000],
    ];
    this.#limits = given.flatMap(([kind, amount, windowMs]) =>
      amount === undefined ? [] : [{ kind, amount, windowMs }],
    );
  }

  get hasLimits(): boolean {
    return this.#limits.length > 0;
  }

  /** @param factor what the limits are multiplied by at this time. */
  admit({ key, tokens, now, factor }: { key: string; tokens: number; now: number; factor: number }): Admission {
    const windows = this.#openWindows(key);
    let waitMs = 0;
    let exceeded: Admission['exceeded'];
    for (const [index, { kind, amount }] of this.#limits.entries()) {
      const wanted = kind === 'requests' ? 1 : tokens;
      const wait = windows[index]?.untilAtMost(amount * factor - wanted, now) ?? 0;
      if (wait > waitMs) [waitMs, exceeded] = [wait, kind];
    }
    const isAdmitted = exceeded === undefined;
    const entries = isAdmitted
      ? windows.map((window, index) => window.add(now, this.#limits[index]?.kind === 'requests' ? 1 : tokens))
      : [];
    return {
      isAdmitted,
      waitMs,
      exceeded,
      state: {
        requests: this.#level('requests', windows, now, factor),
        tokens: this.#level('tokens', windows, now, factor),
      },
      settle: (used, at) => this.#settle(windows, entries, used, at),
    };
  }

  #openWindows(key: string): SlidingWindow[] {
    let windows = this.#windows.get(key);
    if (windows === undefined) {
      windows = this.#limits.map(({ windowMs }) => new SlidingWindow(windowMs));
      this.#windows.set(key, windows);
    }
    return windows;
  }

  #settle(windows: readonly SlidingWindow[], entries: readonly Entry[], tokens: number, now: number): void {
    for (const [index, entry] of entries.entries()) {
      if (this.#limits[index]?.kind === 'tokens') windows[index]?.settle(entry, tokens, now);
    }
  }

  /** The limit of a kind of which the smallest share is left. */
  #level(kind: Limit['kind'], windows: readonly SlidingWindow[], now: number, factor: number): LimitLevel | undefined {
    let level: LimitLevel | undefined;
    for (const [index, limit] of this.#limits.entries()) {
      const window = windows[index];
      if (limit.kind !== kind || window === undefined) continue;
      const most = Math.floor(limit.amount * factor);
      const remaining = Math.max(0, Math.floor(most - window.used(now)));
      if (level !== undefined && level.remaining / level.limit <= remaining / most) continue;
      const resetMs = window.untilAtMost(0, now);
      level = { limit: most, remaining, resetMs, resetAt: Date.now() + resetMs };
    }
    return level;
  }
}
