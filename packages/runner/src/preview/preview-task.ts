import type { Log } from '@dgt/core';
import { Activity } from '../engine/activity.js';
import type { Work } from '../engine/attempt.js';
import type { OpenCall } from '../engine/call-gate.js';
import type { Workload } from '../engine/workload.js';
import { instantiateSeeds } from '../generation/examples.js';
import type { AttemptTrace } from '../inspect/attempt-trace.js';
import { openBench, type Bench } from '../inspect/bench.js';
import { CallLog } from '../inspect/call-log.js';
import { traceAttempt, type TracedAttempt } from '../inspect/trace-attempt.js';
import { Ledger } from '../ledger/ledger.js';
import { describeException } from '../run/describe-exception.js';
import { makeWorkload } from '../run/make-workload.js';
import { chooseSizes } from '../run/task-definition.js';
import { nameDataset, type TaskPlan } from '../run/task-plan.js';
import { SampledTries } from './sampled-tries.js';
import { forecastFrom, type TaskForecast } from './forecast-from.js';
import { PreviewGate } from './preview-gate.js';
import { RowReader } from './row-reader.js';

/** Attempts without a row after which more of them are not tried. */
const fruitlessAttempts = 3;

/** A few rows of one task, with everything that happened on the way. */
export interface TaskPreview {
  readonly task_name: string;
  readonly data_builder: string;
  readonly attempts: readonly AttemptTrace[];
  /** Postprocessors that see the whole dataset, and so nothing of a preview. */
  readonly not_asked: readonly string[];
  /** What the whole task is going to take; undefined where nothing was made, or the length of the input is not known. */
  readonly forecast: TaskForecast | undefined;
  /** Why it went no further. */
  readonly failure: AttemptTrace['failure'];
}

/** What {@link previewTask} takes. */
export interface PreviewTaskOptions {
  readonly rows: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Makes a few rows of a task in memory. */
export async function previewTask(plan: TaskPlan, options: PreviewTaskOptions): Promise<TaskPreview> {
  const ledger = Ledger.open(':memory:');
  try {
    const preview = new Preview(plan, ledger, options);
    const traced = await (plan.kind === 'generation' ? preview.generate() : preview.transform());
    const forecast = await forecastFrom(plan, traced, preview.tries);
    return {
      task_name: plan.task.name,
      data_builder: plan.builder.name,
      attempts: traced.map(({ trace }) => trace),
      not_asked: plan.builder.postprocessors.filter(({ scope }) => scope === 'all').map(({ name }) => name),
      forecast,
      failure: traced.find(({ error }) => error !== undefined)?.trace.failure,
    };
  } finally {
    ledger.close();
  }
}

/** The attempts of one preview. */
class Preview {
  readonly tries = new SampledTries();
  readonly #plan: TaskPlan;
  readonly #ledger: Ledger;
  readonly #options: PreviewTaskOptions;
  readonly #activity = new Activity();
  readonly #calls = new CallLog();
  readonly #gate: PreviewGate;
  readonly #seeds: readonly object[];
  readonly #randomName: string;
  /** Fires when nothing more is to be made, with the reason. */
  readonly #over = new AbortController();
  /** What is read of the attempt under way; all of it in a transformation. */
  #reader: RowReader | undefined;

  constructor(plan: TaskPlan, ledger: Ledger, options: PreviewTaskOptions) {
    this.#plan = plan;
    this.#ledger = ledger;
    this.#options = options;
    this.#gate = new PreviewGate(
      this.#activity,
      this.#calls,
      (open) => plan.kind === 'generation' && isOfBuilder(open),
    );
    this.#seeds = plan.kind === 'generation' ? instantiateSeeds(plan.task, plan.seeds) : [];
    this.#randomName = nameDataset(plan);
    const { signal } = options;
    if (signal.aborted) this.#over.abort(signal.reason);
    signal.addEventListener('abort', () => this.#over.abort(signal.reason), { once: true });
  }

  /** The first attempts, one after the other, until they gave as many candidates as are wanted. */
  async generate(): Promise<TracedAttempt[]> {
    const [bench, workload] = await this.#open();
    const traced: TracedAttempt[] = [];
    let missing = this.#options.rows;
    let fruitless = 0;
    for (let number = 1; missing > 0 && fruitless < fruitlessAttempts; number++) {
      const reader = new RowReader(missing);
      this.#reader = reader;
      const work = (await workload.take(number)) as Work;
      const attempt = await this.#trace(number, countLosses(work, reader), bench);
      this.#gate.drop();
      traced.push(attempt);
      if (attempt.outcomes === undefined) break;
      await this.#ledger.commitAttempts([{ number, outcomes: attempt.outcomes }]);
      const { rows, losses } = attempt.trace;
      missing -= rows.length + losses.length;
      fruitless = rows.length + losses.length > 0 ? 0 : fruitless + 1;
    }
    return this.#end(traced);
  }

  /** The first units of the input, side by side. */
  async transform(): Promise<TracedAttempt[]> {
    const [bench, workload] = await this.#open();
    const { units } = this.#plan as TaskPlan & { kind: 'transformation' };
    const count = Math.ceil(this.#options.rows / units.size);
    const running: Promise<TracedAttempt>[] = [];
    for (let number = 1; number <= count; number++) {
      const work = await workload.take(number);
      if (work === undefined) break;
      running.push(this.#trace(number, work, bench));
    }
    return this.#end(await Promise.all(running));
  }

  async #open(): Promise<[Bench, Workload]> {
    const { log } = this.#options;
    const signal = this.#over.signal;
    const [plan, ledger, seeds, randomName] = [this.#plan, this.#ledger, this.#seeds, this.#randomName];
    const bench = await openBench({
      plan,
      seeds,
      randomName,
      log,
      signal,
      gate: {
        pass: (open, fetch) => {
          this.tries.notePrice(open.call.label, open.call.price);
          return this.#gate.pass(open, fetch);
        },
      },
      activity: this.#activity,
      onQuiet: () => true,
      firstAttempt: 1,
      onFatal: (error) => this.#over.abort(error),
      onTry: (owner, label, record) => this.tries.add(owner, label, record),
    });
    const sizes = plan.kind === 'generation' ? chooseSizes(plan, undefined) : undefined;
    const opened = { sizes, replays: false, changedAfter: 0 };
    const readRows: RowReader['read'] = (method, source) => (this.#reader as RowReader).read(method, source);
    const workload = await makeWorkload(plan, { ledger, opened, seeds, randomName, signal, readRows });
    return [bench as Bench, workload];
  }

  #trace(number: number, work: Work, { environment, verdicts }: Bench): Promise<TracedAttempt> {
    return traceAttempt(number, work, {
      environment,
      verdicts,
      calls: this.#calls,
      activity: this.#activity,
      onQuiet: () => {
        const missing = this.#reader?.missing ?? 0;
        if (missing > 0) this.#gate.release(missing);
        return true;
      },
      findRow: (attempt, position) => this.#ledger.rowAt(attempt, position),
      describeException: (error) => describeException(error, number, this.#plan),
    });
  }

  /** Gives up calls that are under way and were not waited for. */
  #end(traced: TracedAttempt[]): TracedAttempt[] {
    this.#over.abort(new Error('the preview has ended'));
    return traced;
  }
}

/** Whether a call is made by the builder, and not by a postprocessor or in opening these. */
function isOfBuilder({ key }: OpenCall): boolean {
  return /^\d+\.0\b/.test(key);
}

/** Answers that the builder gives up are something to show too. */
function countLosses(work: Work, reader: RowReader): Work {
  return {
    ...work,
    make: (builder, context, lane) => {
      const { reject } = context;
      const counting = Object.assign(context, {
        reject: (reason: string, sample?: unknown) => {
          reject(reason, sample);
          reader.countLoss();
        },
      });
      return work.make(builder, counting, lane);
    },
  };
}
