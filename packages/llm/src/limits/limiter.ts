import type { Clock, ResponseHeaders } from '@dgt/core';
import { unwatch, watch, type Abortable } from './abort-watch.js';
import { Alarm } from './alarm.js';
import { BackgroundRefusals } from './background-refusals.js';
import { FairLine, type Place } from './fair-line.js';
import { GrantedRate } from './granted-rate.js';
import { LearntCap } from './learnt-cap.js';
import { LearntRate } from './learnt-rate.js';
import { Pace } from './pace.js';
import { readRateLimits } from './rate-headers.js';
import { RefusalStreak } from './refusal-streak.js';
import { SentHistory, type Sent } from './sent-history.js';

/** Who wants to make a request. */
export interface Ticket extends Place {
  /** What the request is expected to take of a limit on tokens. */
  readonly tokens: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** The right to one request; given back with {@link Limiter.leave}. */
export interface Passage extends Sent {
  readonly tokens: number;
  /** Whether the rate was what it waited for, and not a slot. */
  readonly isPaced: boolean;
  /** Whether it was given back. */
  isOver: boolean;
}

/** How a request ended, as far as limits are concerned. */
export interface PassageEnd {
  /** `refused`: the server says that it was one too many. `unsent`: it never went out. */
  readonly outcome: 'answered' | 'refused' | 'failed' | 'unsent';
  /** What it took of a limit on tokens, when that is known. */
  readonly tokens?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Limits that a user declares. */
export interface DeclaredRates {
  /** Requests a minute. */
  readonly rpm?: number | undefined;
  /** Tokens a minute, of prompts and answers. */
  readonly tpm?: number | undefined;
}

interface Waiter extends Abortable, Place {
  readonly ticket: Ticket;
  isGone: boolean;
  start(passage: Passage): void;
}

/**
 * A minute of ours is this much longer than the server's, so that requests which travel at different speeds do not add up
 * to one too many. It leaves 59 of 60 a minute.
 */
const marginRatio = 1 / 60;
/** What is made up for when a timer fires late: with a margin much, where the limit may be one of each second little. @unit milliseconds */
const longCatchUpMs = 100;
const learntCatchUpMs = 20;

/**
 * Decides when requests may go out: no more at once than there are slots, tasks in turn and the oldest call of each first, no
 * faster than declared, than the server's headers leave, or than the server was found to let through. A request that finds
 * nobody waiting and no limit in its way goes through at once.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #onFirstRefusal: () => void;
  #slots: number;
  #used = 0;
  #sent = 0;
  readonly #line = new FairLine<Waiter>();
  #declared: DeclaredRates = {};
  readonly #requests = new Pace();
  readonly #tokens = new Pace();
  #largestTokens = 0;
  readonly #grantedRequests = new GrantedRate();
  readonly #grantedTokens = new GrantedRate();
  readonly #learntRate = new LearntRate();
  readonly #learntCap = new LearntCap();
  readonly #history = new SentHistory();
  readonly #background = new BackgroundRefusals();
  readonly #streak = new RefusalStreak();
  #beforeStreak = { perSecond: Infinity, cap: Infinity };
  #pausedUntil = 0;
  /** Whether the first in line waits for the rate, and not for a slot. */
  #isPacing = false;
  #firstRefusedAt = -Infinity;
  readonly #alarm: Alarm;

  /**
   * @param options.slots how many requests may be in flight. Minimum: 0.
   * @param options.onFirstRefusal told once that the server refuses what is more than it lets through.
   */
  constructor(options: { readonly clock: Clock; readonly slots: number; readonly onFirstRefusal?: () => void }) {
    this.#onFirstRefusal = options.onFirstRefusal ?? (() => {});
    this.#clock = options.clock;
    this.#alarm = new Alarm(options.clock, () => this.#serve());
    this.#slots = options.slots;
  }

  /** How many requests are in flight. */
  get used(): number {
    return this.#used;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /** How many may be in flight now. */
  get capacity(): number {
    return Math.min(this.#slots, this.#learntCap.cap);
  }

  /** How many requests a second go out at the most; Infinity where nothing limits them. */
  get requestsPerSecond(): number {
    this.#setRates(this.#clock.now());
    return this.#requests.perSecond;
  }

  /** Whether it matters how many tokens a request takes. */
  get countsTokens(): boolean {
    return this.#declared.tpm !== undefined || this.#clock.now() < this.#grantedTokens.until;
  }

  /** The limits that were declared. */
  get declared(): DeclaredRates {
    return this.#declared;
  }

  /** Makes the slots at least this many. */
  raise(slots: number): this {
    this.#slots = Math.max(this.#slots, slots);
    this.#serve();
    return this;
  }

  /** Takes declared limits for its own. */
  declare(rates: DeclaredRates): void {
    this.#declared = rates;
    this.#setRates(this.#clock.now());
  }

  /**
   * Asks for passage.
   *
   * @returns the passage itself when nothing is in its way, or a promise of it.
   * @throws the reason of the ticket's signal, when that is aborted first.
   */
  enter(ticket: Ticket): Passage | Promise<Passage> {
    ticket.signal.throwIfAborted();
    if (this.#line.size === 0 && this.#used < this.capacity) {
      const now = this.#clock.now();
      if (this.#readyAt(ticket.tokens, now) <= now) return this.#admit(ticket, now);
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ticket,
        task: ticket.task,
        age: ticket.age,
        isGone: false,
        start: (passage) => {
          unwatch(ticket.signal, waiter);
          resolve(passage);
        },
        abort: (reason) => {
          waiter.isGone = true;
          reject(reason as Error);
          this.#serve();
        },
      };
      watch(ticket.signal, waiter);
      this.#line.push(waiter);
      this.#serve();
    });
  }

  /** Gives a passage back; a second time does nothing. */
  leave(passage: Passage, end: PassageEnd): void {
    if (passage.isOver) return;
    passage.isOver = true;
    this.#used--;
    const now = this.#clock.now();
    const { outcome, tokens = passage.tokens } = end;
    if (outcome === 'refused') this.#noteRefused(passage, end.retryAfterMs, now);
    else if (outcome === 'answered') this.#streak.noteAnswered(passage.sentAt);
    else if (outcome === 'unsent') {
      this.#spendRequests(-1, now);
      this.#learntRate.noteUncounted(passage.sentAt);
    }
    const taken = outcome === 'unsent' || outcome === 'refused' ? 0 : tokens;
    if (passage.tokens > 0 && taken !== passage.tokens) this.#spendTokens(taken - passage.tokens, now);
    this.#serve();
  }

  /** Heeds what the headers of a response say of limits. */
  observe(headers: ResponseHeaders): void {
    const now = this.#clock.now();
    const { requests, tokens } = readRateLimits(headers, now);
    if (requests !== undefined) this.#grantedRequests.observe(requests, now);
    if (tokens !== undefined) this.#grantedTokens.observe(tokens, now);
    if (requests !== undefined || tokens !== undefined) this.#setRates(now);
  }

  #admit(ticket: Ticket, now: number): Passage {
    const { tokens } = ticket;
    const passage: Passage = {
      sentAt: now,
      order: this.#sent++,
      others: this.#used,
      tokens,
      isPaced: this.#isPacing,
      isRejected: false,
      isOver: false,
    };
    this.#used++;
    this.#spendRequests(1, now);
    if (tokens > 0) this.#spendTokens(tokens, now);
    this.#learntRate.noteSent(now);
    this.#background.noteSent(this.#learntRate.perSecond, now);
    this.#learntCap.noteSent(this.#line.size > 0 && this.#used >= this.#learntCap.cap, now);
    this.#history.add(passage);
    this.#streak.noteSent();
    return passage;
  }

  #spendRequests(count: number, now: number): void {
    this.#requests.spend(count, now);
    this.#grantedRequests.spend(count, now);
  }

  #spendTokens(tokens: number, now: number): void {
    if (tokens > this.#largestTokens) {
      this.#largestTokens = tokens;
      this.#setRates(now);
    }
    this.#tokens.spend(tokens, now);
    this.#grantedTokens.spend(tokens, now);
  }

  #noteRefused(passage: Passage, retryAfterMs: number | undefined, now: number): void {
    this.#history.noteRejected(passage);
    const { sentAt } = passage;
    const { isBackground, restoreTo } = this.#background.noteRefused(sentAt, now);
    if (isBackground) {
      this.#learntRate.noteUncounted(sentAt);
      if (restoreTo !== undefined) this.#learntRate.reopen(restoreTo, now);
      if (this.#learntCap.cap < this.#slots) this.#learntCap.noteOtherCause();
      return;
    }
    const { perSecond } = this.#learntRate;
    if (perSecond === Infinity) {
      if (this.#firstRefusedAt === -Infinity) this.#onFirstRefusal();
      this.#firstRefusedAt = now;
    }
    // At first both limits: requests that go out all at once look alike to either, those that are spread out do not.
    const isOpening = sentAt <= this.#firstRefusedAt;
    // One that was overtaken on its way was judged with those that went out after it.
    const others = Math.max(passage.others, this.#used);
    const isFull = !passage.isPaced && others + 1 >= this.#learntCap.cap;
    // The first moments, in which everything goes out at once, say little of what comes later.
    const since = isOpening ? -Infinity : this.#firstRefusedAt;
    const judged = this.#history.wasTooManyAtOnce(passage, { others, since, now });
    const isTooMany = this.capacity > 1 ? (judged ?? (isFull || undefined)) : false;
    if (isTooMany === true || (isOpening && isTooMany === undefined))
      this.#learntCap.noteRejected(sentAt, this.#used, now);
    else if (isTooMany === false && this.#learntCap.cap < this.#slots) this.#learntCap.noteOtherCause();
    if (isOpening || isTooMany !== true) this.#learntRate.noteRejected(sentAt, now);
    else this.#learntRate.noteUncounted(sentAt);
    const { begins, pauseMs } = this.#streak.noteRefused(sentAt, { retryAfterMs, now });
    if (begins) this.#beforeStreak = { perSecond: this.#learntRate.perSecond, cap: this.#learntCap.cap };
    if (pauseMs === 0) return;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    // That nothing was let through for a while says nothing of how much will be afterwards.
    if (retryAfterMs !== undefined && retryAfterMs >= 1000) {
      if (this.#learntRate.isSettled) this.#learntRate.restore(this.#beforeStreak.perSecond, now);
      if (this.#learntCap.isSettled) this.#learntCap.restore(this.#beforeStreak.cap);
    }
  }

  /** Lets in whoever may go, and wakes up again when the next may. */
  #serve(): void {
    while (this.#line.size > 0) {
      const head = this.#line.peek() as Waiter;
      if (head.isGone) {
        this.#line.pop(false);
        continue;
      }
      if (this.#used >= this.capacity) {
        this.#isPacing = false;
        return;
      }
      const now = this.#clock.now();
      const readyAt = this.#readyAt(head.ticket.tokens, now);
      if (readyAt > now) {
        this.#isPacing = true;
        return this.#alarm.set(readyAt);
      }
      this.#line.pop();
      head.start(this.#admit(head.ticket, now));
    }
    this.#alarm.clear();
  }

  #readyAt(tokens: number, now: number): number {
    if (
      this.#learntRate.perSecond !== Infinity ||
      now < this.#grantedRequests.until ||
      now < this.#grantedTokens.until
    ) {
      this.#setRates(now);
    }
    const paced = this.#requests.readyAt(now);
    if (paced > now) this.#learntRate.noteBound(now);
    const granted = Math.max(this.#grantedRequests.readyAt(1, now), this.#grantedTokens.readyAt(tokens, now));
    return Math.max(paced, this.#tokens.readyAt(now), granted, this.#pausedUntil);
  }

  #setRates(now: number): void {
    const { rpm = Infinity, tpm = Infinity } = this.#declared;
    const requests = Math.min(
      (rpm * (1 - marginRatio)) / 60,
      this.#grantedRequests.perSecondAt(now),
      this.#learntRate.perSecond,
    );
    // The last request of a minute may go beyond it by all of its tokens.
    const margin = Math.min(tpm / 2, Math.max(tpm * marginRatio, this.#largestTokens));
    const tokens = Math.min(tpm === Infinity ? Infinity : (tpm - margin) / 60, this.#grantedTokens.perSecondAt(now));
    const catchUpMs = requests === this.#learntRate.perSecond ? learntCatchUpMs : longCatchUpMs;
    if (requests !== this.#requests.perSecond) this.#requests.setRate(requests, { catchUpMs, now });
    if (tokens !== this.#tokens.perSecond) this.#tokens.setRate(tokens, { catchUpMs: longCatchUpMs, now });
  }
}
