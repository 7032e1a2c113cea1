import { ProviderError, RunError, type Clock } from '@dgt/core';
import { setMaxListeners } from 'node:events';
import type { Ledger } from '../ledger/ledger.js';
import type { Outcome } from '../ledger/outcome.js';
import type { EventLog } from '../output/event-log.js';
import { Funnel } from '../output/funnel.js';
import { Projections } from '../output/projections.js';
import type { OutputFiles } from '../output/output-files.js';
import { Activity } from './activity.js';
import { describeOutcomes, runAttempt, type AttemptEnvironment } from './attempt.js';
import { CallGate } from './call-gate.js';
import type { EndReason, Ending } from './ending.js';
import type { Examples } from './examples.js';
import { StallWatch, type StallLimits } from './stall.js';
import { Turnstile } from './turnstile.js';
import { Waves } from './waves.js';

/** How long a builder may wait for something that dgt does not know of before that is said. @unit milliseconds */
const foreignWaitMs = 60_000;

/** What a run of one task is made from. */
export interface TaskRunOptions {
  readonly ledger: Ledger;
  readonly files: OutputFiles;
  readonly environment: Omit<AttemptEnvironment, 'recorderHost' | 'signal'>;
  readonly examples: Examples;
  readonly quota: number;
  /** Attempts that may be open at once. */
  readonly lookahead: number;
  readonly maxAttempts: number;
  readonly maxTokens: number;
  readonly stallLimits: StallLimits;
  /** Attempts up to this one do not count for a stall. */
  readonly stallsAfter: number;
  readonly recordRequests: boolean;
  /** Count the calls that the ledger cannot answer before making any. */
  readonly countCallsFirst: boolean;
  readonly clock: Clock;
  readonly events: EventLog;
  /** Says something that the user should see. */
  readonly announce: (message: string) => void;
  /** Gives the error to show for an exception that the builder's code threw. */
  readonly describeException: (error: unknown, attempt: number) => Error;
}

/** How far a run of a task is. */
export interface TaskProgress {
  readonly taskName: string;
  readonly quota: number;
  readonly accepted: number;
  readonly lost: number;
  readonly attempts: number;
  readonly openAttempts: number;
  readonly callsUnderWay: number;
  readonly tokens: number;
  readonly ending: Ending | undefined;
}

/**
 * One run of a generation task: attempts overlap and commit in order until the quota is met or there is another reason to
 * end. All state that outlives the process is in the ledger.
 */
export class TaskRun {
  readonly #options: TaskRunOptions;
  readonly #environment: AttemptEnvironment;
  readonly #projections: Projections;
  readonly #activity = new Activity();
  readonly #gate: CallGate;
  readonly #waves: Waves;
  readonly #commitTurn: Turnstile;
  readonly #stalls: StallWatch;
  readonly #funnel = new Funnel();
  /** Fires when no further try may begin. */
  readonly #stopping = new AbortController();
  /** Fires when the run has ended. */
  readonly #over = new AbortController();
  #complete = false;
  #lastAttempt: number;
  #lastCommitted: number;
  #openAttempts = 0;
  #tokens: number;
  /** Why the run is ending while calls under way finish. */
  #draining: Ending | undefined;
  /** Attempts that left recorded answers unused. */
  #unused = 0;
  #ending: Ending | undefined;
  #foreignWait: { readonly changes: number; readonly since: number; isTold: boolean } | undefined;

  constructor(options: TaskRunOptions) {
    const { ledger, files, environment, clock, maxTokens, recordRequests } = options;
    this.#options = options;
    // Every call under way listens.
    setMaxListeners(0, this.#over.signal, this.#stopping.signal);
    const now = () => clock.now();
    this.#waves = new Waves({ ledger, activity: this.#activity, recordRequests, now });
    this.#gate = new CallGate(this.#activity, this.#waves);
    this.#projections = new Projections(files, environment.task.name, ledger);
    this.#lastAttempt = ledger.lastAttempt;
    this.#lastCommitted = this.#lastAttempt;
    this.#commitTurn = new Turnstile(this.#lastAttempt + 1);
    this.#stalls = new StallWatch(options.stallLimits, ledger.newestAttempts({ after: options.stallsAfter }));
    const totals = ledger.totals();
    this.#tokens = totals.promptTokens + totals.completionTokens;
    this.#environment = {
      ...environment,
      signal: this.#over.signal,
      recorderHost: {
        ledger,
        gate: this.#gate,
        datasetName: environment.randomName,
        recordRequests,
        stopping: this.#stopping.signal,
        now,
        onFatal: (error) => this.#drain(describeFatal(error)),
        onTokens: (tokens) => {
          this.#tokens += tokens;
          if (this.#tokens >= maxTokens)
            this.#drain(ending('budget_exhausted', `max_tokens (${maxTokens}) is used up`));
        },
      },
    };
  }

  get progress(): TaskProgress {
    return {
      taskName: this.#environment.task.name,
      quota: this.#options.quota,
      accepted: this.#funnel.accepted,
      lost: this.#funnel.lost,
      attempts: this.#lastCommitted,
      openAttempts: this.#openAttempts,
      callsUnderWay: this.#activity.underWay,
      tokens: this.#tokens,
      ending: this.#ending,
    };
  }

  get funnel(): Funnel {
    return this.#funnel;
  }

  /** Runs until there is a reason to end. Everything that was committed is in the projections then. */
  async run(): Promise<Ending> {
    await this.#readLedger();
    const { ledger, countCallsFirst, maxTokens } = this.#options;
    const already =
      this.#findEnding() ??
      (this.#tokens >= maxTokens ? ending('budget_exhausted', `max_tokens (${maxTokens}) is used up`) : undefined);
    if (already !== undefined) return this.#finish(already);
    if (countCallsFirst && ledger.totals().calls > 0) this.#gate.hold();
    this.#fill();
    while (this.#ending === undefined) {
      await this.#activity.whenQuiet(this.#over.signal);
      if (this.#ending === undefined) await this.#act();
    }
    return this.#ending;
  }

  /** Starts nothing more, lets what is under way finish, then ends. */
  stop(): void {
    this.#drain(ending('cancelled', 'stopped by the user'));
  }

  /** Ends now; what is under way is given up. */
  abort(): void {
    this.#finish(ending('cancelled', 'stopped by the user at once'));
  }

  /** One pass over the outcomes so far: what was accepted, what gates remember, where the dataset is cut. */
  async #readLedger(): Promise<void> {
    const { stages, seeds } = this.#environment;
    stages.rememberSeeds(seeds);
    const { ledger, quota } = this.#options;
    this.#complete = this.#environment.task.isComplete({ accepted: 0, quota });
    for (const outcome of ledger.outcomes()) {
      stages.rememberOutcome(outcome);
      this.#count(outcome);
    }
    await this.#projections.open(this.#cut());
  }

  /** Nothing can move: release held calls, finish ending, or send for deferred answers. */
  async #act(): Promise<void> {
    const held = this.#gate.heldCount;
    if (held !== undefined) {
      if (held > 0) this.#options.announce(`${held} calls to make now, more may follow from their answers`);
      this.#gate.release();
    } else if (this.#draining !== undefined) {
      this.#finish(this.#draining);
    } else {
      const progress = await this.#waves
        .settle(this.#over.signal)
        .catch((error: Error) => this.#drain(describeFatal(error)));
      if (progress === 'nothing') this.#noticeForeignWait();
      if (progress !== 'waiting') return;
      this.#finish(
        ending('waiting', `${this.#waves.size} deferred calls are not answered yet; run the same command later`),
      );
    }
  }

  /** A builder that waits for something of its own looks like a run that hangs, unless somebody says so. */
  #noticeForeignWait(): void {
    const { clock, announce } = this.#options;
    const changes = this.#activity.changes;
    if (this.#foreignWait?.changes !== changes) this.#foreignWait = { changes, since: clock.now(), isTold: false };
    const { since, isTold } = this.#foreignWait;
    if (isTold || clock.now() - since < foreignWaitMs) return;
    this.#foreignWait.isTold = true;
    announce(`attempt ${this.#lastCommitted + 1} waits for something outside of dgt; calls under way: none`);
  }

  /** Starts attempts as long as the lookahead and the rest of the quota have room for them. */
  #fill(): void {
    while (this.#mayStart()) {
      this.#lastAttempt++;
      this.#openAttempts++;
      void this.#attempt(this.#lastAttempt);
    }
  }

  #mayStart(): boolean {
    const { lookahead, maxAttempts, quota, examples, ledger } = this.#options;
    if (this.#ending !== undefined || this.#draining !== undefined) return false;
    if (this.#lastAttempt - this.#lastCommitted >= lookahead || this.#lastAttempt >= maxAttempts) return false;
    if (this.#openAttempts === 0) return true;
    const yieldSoFar = this.#lastCommitted === 0 ? examples.batchSize : ledger.acceptedCount / this.#lastCommitted;
    return this.#funnel.accepted + this.#openAttempts * yieldSoFar < quota;
  }

  async #attempt(number: number): Promise<void> {
    const { ledger, examples } = this.#options;
    try {
      const result = await runAttempt(number, examples.choose(number, this.#visibleTo(number)), this.#environment);
      await this.#commitTurn.wait(number);
      if (this.#ending !== undefined) return;
      const outcomes = describeOutcomes(number, result, this.#environment);
      await this.#activity.during(() => ledger.commitAttempt(number, outcomes));
      if (result.recorder.unusedAnswers > 0) this.#reportUnused(number, result.recorder.unusedAnswers);
      this.#openAttempts--;
      await this.#activity.during(() => this.#afterCommit(number, outcomes));
      this.#commitTurn.pass(number);
      this.#fill();
    } catch (error) {
      const shown = error instanceof RunError ? error : this.#options.describeException(error, number);
      this.#drain(describeFatal(shown));
    }
  }

  /** How many accepted rows an attempt may see: those of attempts that the lookahead lies behind. */
  #visibleTo(number: number): number {
    const newest = this.#options.ledger.attempt(number - this.#options.lookahead);
    return newest === undefined ? 0 : newest.acceptedBefore + newest.accepted;
  }

  async #afterCommit(number: number, outcomes: readonly Outcome[]): Promise<void> {
    const { ledger, events } = this.#options;
    const accepted = outcomes.filter(({ kind }) => kind === 'accepted').length;
    const candidates = outcomes.length;
    this.#lastCommitted = number;
    for (const outcome of outcomes) this.#count(outcome);
    this.#stalls.add({ number, candidates, accepted, acceptedBefore: ledger.acceptedCount - accepted });
    await this.#projections.append(this.#cut());
    events.add({ event: 'attempt_committed', attempt: number, candidates, accepted });
    const found = this.#findEnding();
    if (found !== undefined) this.#finish(found);
  }

  /** Counts an outcome unless the dataset is complete before it: what comes after waits for a larger quota. */
  #count(outcome: Outcome): void {
    if (this.#complete) return;
    this.#funnel.add(outcome);
    if (outcome.kind !== 'accepted') return;
    this.#complete = this.#environment.task.isComplete({ accepted: this.#funnel.accepted, quota: this.#options.quota });
  }

  /** The last outcome that belongs to the dataset. */
  #cut(): number {
    const all = Number.MAX_SAFE_INTEGER;
    return this.#complete ? (this.#options.ledger.outcomeIdOf(this.#funnel.accepted) ?? all) : all;
  }

  #findEnding(): Ending | undefined {
    const { quota, maxAttempts } = this.#options;
    const { accepted } = this.#funnel;
    if (this.#complete) return ending('complete', `${accepted} of ${quota} rows`);
    const stalled = this.#stalls.reason;
    if (stalled !== undefined) return ending('stalled', stalled);
    if (this.#lastCommitted >= maxAttempts)
      return ending('attempts_exhausted', `${this.#lastCommitted} attempts gave ${accepted} rows`);
    return undefined;
  }

  #reportUnused(attempt: number, count: number): void {
    const message = `attempt ${attempt} left ${count} recorded answers unused: its builder has changed, or does not depend on its seeds and ctx.random alone`;
    this.#options.events.write('warning', message, { attempt, unused: count });
    // After an edit it may be all of them; events.jsonl has the others.
    if (this.#unused++ === 0) this.#options.announce(message);
  }

  #drain(reason: Ending): void {
    if (this.#draining !== undefined || this.#ending !== undefined) return;
    this.#draining = reason;
    this.#gate.close();
    this.#stopping.abort(new Error('the run is ending'));
  }

  #finish(reason: Ending): Ending {
    if (this.#ending === undefined && this.#gate.heldCount === 0)
      this.#options.announce('every answer was recorded, no calls to make');
    this.#ending ??= reason;
    this.#gate.close();
    this.#over.abort(new Error('the run has ended'));
    this.#stopping.abort(this.#over.signal.reason);
    return this.#ending;
  }
}

function ending(reason: EndReason, message: string): Ending {
  return { reason, message };
}

function describeFatal(error: Error): Ending {
  const down = ProviderError.isInstance(error) && error.failure !== 'fatal';
  return { reason: down ? 'endpoint_down' : 'failed', message: error.message, error };
}
