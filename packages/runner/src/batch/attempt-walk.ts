import { ConfigError, Lane, type Clock, type Log } from '@dgt/core';
import { setMaxListeners } from 'node:events';
import { Activity } from '../engine/activity.js';
import { nameCall, neverSettle } from '../engine/attempt-recorder.js';
import { runAttempt, type AttemptEnvironment, type Work } from '../engine/attempt.js';
import { readCallKey, type OpenCall } from '../engine/call-gate.js';
import { ForeignWait } from '../engine/foreign-wait.js';
import { Stages } from '../engine/stages.js';
import type { Workload } from '../engine/workload.js';
import { instantiateSeeds } from '../generation/examples.js';
import type { Ledger } from '../ledger/ledger.js';
import type { OutcomeDetail } from '../ledger/outcome.js';
import type { RecordedAnswer } from '../ledger/records.js';
import { describeException } from '../run/describe-exception.js';
import { makeWorkload } from '../run/make-workload.js';
import type { OpenedTask } from '../run/open-task.js';
import { nameDataset, type TaskPlan } from '../run/task-plan.js';

/** Rows of an input that are looked at side by side: enough that waiting until none moves takes no time to speak of. */
const unitsAtATime = 1000;

/** What {@link AttemptWalk} works with. */
export interface AttemptWalkOptions {
  readonly plan: TaskPlan;
  /** Gives the answers that are recorded. */
  readonly ledger: Ledger;
  readonly opened: OpenedTask;
  readonly log: Log;
  readonly clock: Clock;
  readonly announce: (message: string) => void;
  /** Ends the walk; it throws the reason. */
  readonly signal: AbortSignal;
  /** Told of each call that the ledger has no answer for; without an answer of it too, the call stays open. */
  readonly onOpenCall: (open: NamedOpenCall) => Promise<RecordedAnswer | undefined>;
  /** Told of each row of an input at which code threw. */
  readonly onFailedRow?: (place: number, failure: OutcomeDetail) => void;
}

/** A call that the ledger has no answer for, with what a run sends as `Idempotency-Key`. */
export interface NamedOpenCall extends OpenCall {
  readonly idempotencyKey: string;
}

/** An attempt that has come as far as it comes. */
export interface WalkedAttempt {
  readonly number: number;
  readonly work: Work;
}

/**
 * Runs the attempts of a task up to the calls that have no answer, some at a time, and makes none of these. Nothing is committed.
 * Postprocessors are left out: they judge rows, and in order.
 */
export class AttemptWalk {
  readonly #options: AttemptWalkOptions;
  readonly #activity = new Activity();
  readonly #foreignWait: ForeignWait;
  #failure: Error | undefined;

  constructor(options: AttemptWalkOptions) {
    this.#options = options;
    this.#foreignWait = new ForeignWait(this.#activity, options);
  }

  /**
   * The attempts that were looked at together, once none of them can move.
   *
   * @throws {@link PluginError} DGT_BUILDER_THREW where an exception ends the run of a generation.
   */
  async *windows(): AsyncGenerator<readonly WalkedAttempt[]> {
    const { plan, ledger, opened, signal } = this.#options;
    const reading = new AbortController();
    const randomName = nameDataset(plan);
    const seeds = plan.kind === 'generation' ? instantiateSeeds(plan.task, plan.seeds) : [];
    const workload = await makeWorkload(plan, { ledger, opened, seeds, randomName, signal: reading.signal });
    const giveUp = () => reading.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      signal.throwIfAborted();
      if (workload.hasEnough(ledger.acceptedCount)) return;
      let next = ledger.lastAttempt + 1;
      for (;;) {
        const window = await this.#look(next, workload, seeds);
        if (window.length > 0) yield window;
        next += window.length;
        // What later attempts of a generation are shown comes from the rows of these.
        if (plan.kind === 'generation' || window.length < unitsAtATime) return;
      }
    } finally {
      signal.removeEventListener('abort', giveUp);
      reading.abort(new Error('nothing more is looked at'));
    }
  }

  /** Begins as many attempts as there may be, and waits until each has ended or waits for an answer. */
  async #look(first: number, workload: Workload, seeds: readonly object[]): Promise<WalkedAttempt[]> {
    const moved = new Set<number>();
    const window = { moved, isOver: false };
    const environment = await this.#openEnvironment(seeds, window);
    const attempts: WalkedAttempt[] = [];
    while (this.#mayBegin(first, attempts.length, workload)) {
      const number = first + attempts.length;
      const work = await workload.take(number);
      if (work === undefined) break;
      attempts.push({ number, work });
      void this.#begin({ number, work }, environment, moved);
    }
    for (;;) {
      await this.#activity.whenQuiet(this.#options.signal);
      this.#options.signal.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      const still = attempts.find(({ work }) => !moved.has(work.owner));
      if (still === undefined) break;
      this.#foreignWait.notice(still.number);
    }
    window.isOver = true;
    return attempts;
  }

  #mayBegin(first: number, begun: number, workload: Workload): boolean {
    const { plan, ledger } = this.#options;
    if (plan.kind === 'transformation') return begun < unitsAtATime;
    return workload.mayBegin({
      lastAttempt: first + begun - 1,
      lastCommitted: first - 1,
      openAttempts: begun,
      accepted: ledger.acceptedCount,
    });
  }

  async #begin({ number, work }: WalkedAttempt, environment: AttemptEnvironment, moved: Set<number>): Promise<void> {
    const { plan, onFailedRow } = this.#options;
    const place = work.place ?? number;
    const watched: Work = {
      ...work,
      make: (...given) => work.make(...given).finally(() => moved.add(work.owner)),
    };
    try {
      const { failure } = await runAttempt(number, watched, environment, (error) => {
        // A run would have ended before its first call.
        if (ConfigError.isInstance(error) && error.code === 'DGT_ENV_MISSING') this.#failure ??= error;
        const { code, message } = describeException(error, place, plan);
        return { code, reason: message };
      });
      if (failure !== undefined && this.#failure === undefined) onFailedRow?.(place, failure);
    } catch (error) {
      this.#failure ??= describeException(error, place, plan);
    }
    moved.add(work.owner);
    this.#activity.touch();
  }

  /** A signal for each window: what attempts that are given up leave on it goes with it. */
  async #openEnvironment(
    seeds: readonly object[],
    window: { readonly moved: Set<number>; readonly isOver: boolean },
  ): Promise<AttemptEnvironment> {
    const { plan, ledger, log, clock } = this.#options;
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const randomName = nameDataset(plan);
    const recorderHost: AttemptEnvironment['recorderHost'] = {
      ledger,
      gate: { pass: (open) => this.#pass(open, window) },
      datasetName: randomName,
      recordRequests: false,
      stopping: signal,
      now: () => clock.now(),
      onFatal: () => {},
      onTry: () => {},
    };
    const recorder = { call: neverSettle, reject: () => {}, fail: () => {} };
    const lane = new Lane('gates', { recorder, randomName, signal, log });
    const stages = await Stages.open([], { firstAttempt: 1, lane });
    return { task: plan.task, builder: plan.builder, stages, seeds, randomName, log, signal, recorderHost };
  }

  async #pass(
    open: OpenCall,
    window: { readonly moved: Set<number>; readonly isOver: boolean },
  ): Promise<RecordedAnswer> {
    if (window.isOver) return neverSettle();
    const { hash, key } = open;
    const { idempotencyKey } = nameCall(nameDataset(this.#options.plan), { ...readCallKey(key), hash });
    try {
      const answer = await this.#activity.during(() => this.#options.onOpenCall({ ...open, idempotencyKey }));
      if (answer !== undefined) return answer;
    } catch (error) {
      this.#failure ??= error as Error;
    }
    window.moved.add(open.owner);
    return neverSettle();
  }
}
