import { RunError } from '@dgt/core';
import { setMaxListeners } from 'node:events';
import type { FinishedAttempt } from '../ledger/records.js';
import type { Outcome } from '../ledger/outcome.js';
import { DatasetCount } from './dataset-count.js';
import { DatasetRounds } from './dataset-rounds.js';
import { DatasetStages } from './dataset-stages.js';
import type { FinalRows } from '../output/final-rows.js';
import type { FunnelReport } from '../output/funnel.js';
import { Projections } from '../output/projections.js';
import { Budget } from '../budget/budget.js';
import { endInTime } from '../budget/run-limits.js';
import { Activity } from './activity.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { describeOutcomes, runAttempt, type AttemptEnvironment, type AttemptResult } from './attempt.js';
import { CallGate } from './call-gate.js';
import { describeCommit, findRowIn } from './commit-batch.js';
import { describeFatal, ending, type Ending } from './ending.js';
import { ForeignWait } from './foreign-wait.js';
import { openStages } from './open-stages.js';
import type { Stages } from './stages.js';
import type { TaskRunOptions } from './task-run-options.js';
import type { DatasetProgress, TaskProgress } from './task-progress.js';
import { UnusedAnswers } from './unused-answers.js';
import { Waves } from './waves.js';
import type { LoopState } from './workload.js';

/** Attempts that are committed in one transaction at the most. */
const batchSize = 256;

/** What takes longer is felt, and said. @unit milliseconds */
const feltMs = 1000;

/**
 * One run of a task: attempts overlap and commit in order until the workload says that it is over or there is another reason
 * to end. All state that outlives the process is in the ledger.
 */
export class TaskRun {
  readonly #options: TaskRunOptions;
  readonly #environment: Omit<AttemptEnvironment, 'stages'>;
  #stages: Stages | undefined;
  readonly #projections: Projections;
  readonly #activity = new Activity();
  readonly #gate: CallGate;
  readonly #waves: Waves;
  readonly #budget: Budget;
  /** Fires when no further try may begin. */
  readonly #stopping = new AbortController();
  /** Fires when the run has ended. */
  readonly #over = new AbortController();
  readonly #count: DatasetCount;
  #lastAttempt: number;
  #lastCommitted: number;
  #openAttempts = 0;
  /** Attempts from this one on have nothing to do. */
  #endsBefore = Number.POSITIVE_INFINITY;
  /** Attempts that wait for earlier ones before they can be committed. */
  readonly #finished = new Map<number, AttemptResult>();
  #committing = false;
  /** A commit has failed. */
  #broken = false;
  readonly #rounds: DatasetRounds;
  readonly #foreignWait: ForeignWait;
  readonly #unused: UnusedAnswers;
  /** Why the run is ending while calls under way finish. */
  #draining: Ending | undefined;
  #ending: Ending | undefined;

  constructor(options: TaskRunOptions) {
    const { ledger, files, environment, clock, limits, recordRequests } = options;
    this.#options = options;
    this.#foreignWait = new ForeignWait(this.#activity, options);
    this.#unused = new UnusedAnswers(options);
    // Every call under way listens.
    setMaxListeners(0, this.#over.signal, this.#stopping.signal);
    const now = () => clock.now();
    const onFatal = (error: Error) => this.#drain(describeFatal(error));
    this.#budget = new Budget({ ledger, limits, onUsedUp: (reason) => this.#drain(reason), onFatal });
    this.#waves = new Waves({ ledger, activity: this.#activity, budget: this.#budget, recordRequests, now });
    this.#gate = new CallGate(this.#activity, this.#waves, this.#budget);
    this.#projections = new Projections(files, ledger, { taskName: environment.task.name, redact: options.redact });
    this.#lastAttempt = ledger.lastAttempt;
    this.#lastCommitted = this.#lastAttempt;
    this.#rounds = new DatasetRounds(new DatasetStages(options.postprocessors, environment.task.output), ledger);
    this.#count = new DatasetCount({ ledger, workload: options.workload, rounds: this.#rounds });
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
        onFatal,
        onTry: (call, record) => this.#budget.note(call, record),
      },
    };
  }

  get progress(): TaskProgress {
    return {
      taskName: this.#environment.task.name,
      ...this.#options.workload.measure(this.#state),
      accepted: this.#state.accepted,
      lost: this.#count.lost,
      attempts: this.#lastCommitted,
      openAttempts: this.#openAttempts,
      callsUnderWay: this.#activity.underWay,
      tokens: this.#budget.tokens,
      ending: this.#ending,
    };
  }

  /** How far the dataset is, and what this run made of it; of what is in memory, since the ledger is busy. */
  get progressOfDataset(): DatasetProgress {
    const { total: inputs, attempts, accepted: rows, lost } = this.progress;
    return { rows, lost, attempts, inputs, made: this.#count.made, bill: this.#budget.bill };
  }

  /** What became of all candidates. */
  get funnel(): FunnelReport {
    return this.#count.report;
  }

  /** The rows of the dataset; undefined when the run ended before blocks that see all of it could judge it. */
  get finalRows(): FinalRows | undefined {
    return this.#count.chooseFinal(this.#options.workload.measure(this.#state).total);
  }

  /** Runs until there is a reason to end. Everything that was committed is in the projections then. */
  async run(): Promise<Ending> {
    const end = await this.#loop();
    await this.#projections.appendDatasetDrops(this.#rounds.drops);
    return end;
  }

  async #loop(): Promise<Ending> {
    // Beside the loop: blocks may make calls before the first attempt, which are held, deferred or ended as any other.
    void this.#begin().catch((error) => this.#fail(error, this.#lastCommitted + 1));
    while (this.#ending === undefined) {
      await this.#activity.whenQuiet(this.#over.signal);
      if (this.#ending === undefined) await this.#act();
    }
    return this.#ending;
  }

  async #begin(): Promise<void> {
    const { ledger, countCallsFirst, limits, clock } = this.#options;
    if (countCallsFirst && ledger.totals().calls > 0) this.#gate.hold();
    this.#stages = await this.#readLedger();
    const already = this.#findEnding();
    const { usedUp } = this.#budget;
    if (already === undefined && usedUp !== undefined) return this.#drain(usedUp);
    const concluded = already && (await this.#conclude(already));
    if (concluded !== undefined) return void this.#finish(concluded);
    void endInTime(limits.maxTimeMs, { clock, signal: this.#over.signal, end: (reason) => this.#drain(reason) });
    this.#fill();
  }

  /** Starts nothing more, lets what is under way finish, then ends. */
  stop(): void {
    this.#drain(ending('cancelled', 'stopped by the user'));
  }

  /** Ends now; what is under way is given up. */
  abort(): void {
    this.#finish(ending('cancelled', 'stopped by the user at once'));
  }

  /** One pass over the outcomes so far, or over as many as matter: what was accepted, what gates remember, where the dataset is cut. */
  async #readLedger(): Promise<Stages> {
    const { ledger, workload, clock, announce } = this.#options;
    const startedAt = clock.now();
    const stages = await openStages(this.#options, this.#environment);
    let remembered = 0;
    // Where nobody has to see the rows again, what is no row is all that is read: there may be millions of the others.
    const needsRows = stages.hasMemory || workload.hasQuota || !this.#rounds.areNone;
    if (!needsRows) this.#count.addAccepted(ledger.acceptedCount);
    for (const outcome of needsRows ? ledger.outcomes() : ledger.losses()) {
      stages.rememberOutcome(outcome);
      this.#count.add(outcome);
      remembered++;
    }
    const tookMs = clock.now() - startedAt;
    if (stages.hasMemory && tookMs > feltMs)
      announce(`${remembered} earlier candidates remembered in ${(tookMs / 1000).toFixed(1)} s`);
    await this.#activity.during(() => this.#projections.open(this.#count.cut));
    return stages;
  }

  /** Nothing can move: release held calls, finish ending, or send for deferred answers. */
  async #act(): Promise<void> {
    const held = this.#gate.heldCount;
    if (held !== undefined) {
      if (held > 0)
        this.#options.announce(
          `${held} ${held === 1 ? 'call' : 'calls'} to make now, more may follow from their answers`,
        );
      this.#gate.release();
    } else if (this.#draining !== undefined) {
      await this.#judgeWithoutCalls();
      this.#finish(this.#draining);
    } else {
      const progress = await this.#waves
        .settle(this.#over.signal)
        .catch((error: Error) => this.#drain(describeFatal(error)));
      const { refusal } = this.#budget;
      if (progress === 'nothing' && refusal !== undefined) this.#drain(refusal);
      else if (progress === 'nothing') this.#foreignWait.notice(this.#lastCommitted + 1);
      if (progress !== 'waiting') return;
      this.#finish(
        ending('waiting', `${this.#waves.size} deferred calls are not answered yet; run the same command later`),
      );
    }
  }

  get #state(): LoopState {
    return {
      lastAttempt: this.#lastAttempt,
      lastCommitted: this.#lastCommitted,
      openAttempts: this.#openAttempts,
      accepted: this.#count.accepted,
    };
  }

  /** Starts attempts as long as the workload has room for them. */
  #fill(): void {
    while (this.#mayBegin()) {
      this.#lastAttempt++;
      this.#openAttempts++;
      void this.#attempt(this.#lastAttempt);
    }
  }

  #mayBegin(): boolean {
    if (this.#ending !== undefined || this.#draining !== undefined || this.#lastAttempt >= this.#endsBefore)
      return false;
    return this.#options.workload.mayBegin(this.#state);
  }

  async #attempt(number: number): Promise<void> {
    const { workload, describeException } = this.#options;
    const work = await this.#activity.during(async () => workload.take(number)).catch((error: Error) => ({ error }));
    if (work === undefined) this.#endsBefore = Math.min(number, this.#endsBefore);
    else if ('error' in work) this.#drain(describeFatal(work.error));
    else {
      const describeFailure = (error: unknown) => {
        const { code, message } = describeException(error, work.place ?? number);
        return { code, reason: this.#options.redact(message) };
      };
      try {
        this.#finished.set(number, await runAttempt(number, work, this.#attempts, describeFailure));
      } catch (error) {
        this.#fail(error, number);
      }
    }
    await this.#commitFinished();
  }

  get #attempts(): AttemptEnvironment {
    return { ...this.#environment, stages: this.#stages as Stages };
  }

  /** Commits attempts in their order, those that are ready together in one transaction. */
  async #commitFinished(): Promise<void> {
    if (this.#committing) return;
    this.#committing = true;
    while (this.#hasToCommit) {
      const reason = await this.#activity.during(() => this.#commitBatch());
      // Not counted as work of this run: whether calls that it takes can be answered is for the loop to see.
      const ending = reason && (await this.#conclude(reason));
      if (ending !== undefined) this.#finish(ending);
      else this.#fill();
    }
    this.#committing = false;
  }

  get #hasToCommit(): boolean {
    const next = this.#lastCommitted + 1;
    if (this.#ending !== undefined || this.#broken) return false;
    return this.#finished.has(next) || next === this.#endsBefore;
  }

  /** @returns why the run is to end after it. */
  async #commitBatch(): Promise<Ending | undefined> {
    const { ledger, events } = this.#options;
    const first = this.#lastCommitted + 1;
    const { batch, found } = this.#takeFinished();
    try {
      if (batch.length > 0) {
        const outcomes = await ledger.commitAttempts(batch);
        await this.#projections.append(this.#count.cut, outcomes);
        await this.#options.chunks?.follow(this.#lastCommitted);
        events.add(describeCommit(batch));
      }
    } catch (error) {
      // What comes later would leave a hole.
      this.#broken = true;
      this.#fail(error, first);
      return undefined;
    }
    const isOver = this.#lastCommitted + 1 === this.#endsBefore;
    return found ?? (isOver ? this.#options.workload.describeEnd(this.#state) : undefined);
  }

  /** Lets blocks judge the whole dataset before it ends; undefined when too few rows are left and the run goes on. */
  async #conclude(reason: Ending): Promise<Ending | undefined> {
    if (this.#rounds.areNone) return reason;
    const { workload, describeException } = this.#options;
    try {
      await this.#judgeDataset();
    } catch (error) {
      return describeFatal(error instanceof RunError ? error : describeException(error, this.#lastCommitted));
    }
    if (!this.#count.isComplete) return reason;
    this.#count.recount();
    const { isComplete } = this.#count;
    if (isComplete && this.#rounds.isCurrent(this.#count.passed)) return workload.describeEnd(this.#state);
    const { stall } = this.#rounds;
    if (stall !== undefined) return ending('stalled', stall);
    return isComplete ? this.#conclude(workload.describeEnd(this.#state)) : undefined;
  }

  #judgeDataset(): Promise<void> {
    const { randomName, signal, log, recorderHost } = this.#environment;
    const recorder = new AttemptRecorder({ owner: 0, age: 0 }, recorderHost);
    return this.#rounds.judge(this.#count.passed, { recorder, randomName, signal, log });
  }

  /** What was made when a run has to end is judged too, unless that would take calls. */
  async #judgeWithoutCalls(): Promise<void> {
    if (this.#rounds.areNone) return;
    await Promise.race([this.#judgeDataset().catch(() => {}), this.#activity.whenQuiet(this.#over.signal)]);
  }

  /** The next attempts in their order, counted; none after one with which the run is to end. */
  #takeFinished(): { batch: FinishedAttempt[]; found: Ending | undefined } {
    const { ledger, workload } = this.#options;
    const batch: FinishedAttempt[] = [];
    const findRow = findRowIn(batch, ledger);
    let { acceptedCount: acceptedBefore } = ledger;
    let found: Ending | undefined;
    while (found === undefined && batch.length < batchSize) {
      const number = this.#lastCommitted + 1;
      const result = this.#finished.get(number);
      if (result === undefined) break;
      this.#finished.delete(number);
      let outcomes: Outcome[];
      try {
        outcomes = describeOutcomes(number, result, this.#attempts, findRow);
      } catch (error) {
        this.#fail(error, number);
        break;
      }
      const { unusedAnswers, notes } = result.recorder;
      batch.push({ number, outcomes, input: result.work.input, notes });
      this.#unused.report(number, unusedAnswers);
      this.#lastCommitted = number;
      this.#openAttempts--;
      for (const outcome of outcomes) this.#count.add(outcome);
      const accepted = outcomes.filter(({ kind }) => kind === 'accepted').length;
      workload.committed({ number, candidates: outcomes.length, accepted, acceptedBefore });
      acceptedBefore += accepted;
      if (result.recorder.isFresh) this.#count.addMade(outcomes.length, accepted);
      found = this.#findEnding();
    }
    return { batch, found };
  }

  #findEnding(): Ending | undefined {
    const { workload } = this.#options;
    return this.#count.isComplete ? workload.describeEnd(this.#state) : workload.findEnding(this.#state);
  }

  #fail(error: unknown, attempt: number): void {
    const { describeException } = this.#options;
    this.#drain(describeFatal(error instanceof RunError ? error : describeException(error, attempt)));
  }

  #drain(reason: Ending): void {
    if (this.#draining !== undefined || this.#ending !== undefined) return;
    this.#draining = reason;
    this.#options.stopReading();
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
