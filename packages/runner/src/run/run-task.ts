import { Task, type Clock, type Json, type Log } from '@dgt/core';
import { readFile } from 'node:fs/promises';
import { readBill } from '../budget/bill.js';
import { describeSettings } from '../config/runner-settings.js';
import type { SecretStore } from '../config/secrets.js';
import { isInterruption, type Ending } from '../engine/ending.js';
import { instantiateSeeds } from '../generation/examples.js';
import { TaskRun } from '../engine/task-run.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CallTotals } from '../ledger/records.js';
import { EventLog } from '../output/event-log.js';
import { writeSink } from '../output/sink.js';
import type { FinalRows } from '../output/final-rows.js';
import type { ChunkedOutput } from '../output/chunked-output.js';
import { describeStats } from '../output/dataset-stats.js';
import { describeCard, describeResults, type TaskResults } from '../output/task-results.js';
import { writeAtomically } from '../output/write-atomically.js';
import { writeManifest } from '../shards/manifest.js';
import { postprocessorsOf } from '../shards/shard-plan.js';
import { openChunks } from './open-chunks.js';
import { makeWorkload } from './make-workload.js';
import { openTask } from './open-task.js';
import { describeException, describeThrown } from './describe-exception.js';
import { nameDataset, type ChangeMode, type TaskPlan } from './task-plan.js';
import { version } from './version.js';

/** What a task's run shares with the others of the same command. */
export interface RunEnvironment {
  readonly mode: ChangeMode;
  /** Makes the calls and rows again that ended as errors. */
  readonly retryErrors: boolean;
  /** Says how many calls there are to make before making any. */
  readonly countCallsFirst: boolean;
  /** Fires when the user ends the run at once. */
  readonly abort: AbortSignal;
  readonly buildId: string;
  readonly runId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SecretStore;
  readonly announce: (message: string) => void;
}

/** What came of one task. */
export interface TaskOutcome {
  readonly taskName: string;
  readonly folder: string;
  /** The file, or other place, that holds the rows. */
  readonly finalData: string;
  readonly ending: Ending;
  readonly results: TaskResults;
  /** Whether this run found everything done and changed nothing. */
  readonly untouched: boolean;
}

interface SessionParts {
  readonly events: EventLog;
  readonly run: TaskRun;
  readonly reading: AbortController;
  readonly chunks: ChunkedOutput | undefined;
}

/** One task from its open ledger to its written output. */
export class TaskSession {
  readonly plan: TaskPlan;
  readonly #ledger: Ledger;
  readonly #environment: RunEnvironment;
  readonly #events: EventLog;
  readonly #startedAt: number;
  readonly #before: CallTotals;
  readonly #attemptsBefore: number;
  /** The files or other places that hold the rows of the dataset. */
  #finalFiles: readonly string[] = [];
  /** Ends the reading of the input. */
  readonly #reading: AbortController;
  readonly #chunks: ChunkedOutput | undefined;
  readonly run: TaskRun;

  private constructor(
    plan: TaskPlan,
    ledger: Ledger,
    environment: RunEnvironment,
    { events, run, reading, chunks }: SessionParts,
  ) {
    this.plan = plan;
    this.#reading = reading;
    this.#chunks = chunks;
    this.#ledger = ledger;
    this.#environment = environment;
    this.#events = events;
    this.#startedAt = environment.clock.now();
    this.#before = ledger.totals();
    this.#attemptsBefore = ledger.lastAttempt;
    this.run = run;
  }

  /** Compares the definition with the dataset and makes everything ready; nothing is called yet. */
  static async open(plan: TaskPlan, ledger: Ledger, environment: RunEnvironment): Promise<TaskSession> {
    const { clock, secrets, announce, mode, retryErrors, abort } = environment;
    const { task, settings, builder, files } = plan;
    const opened = await openTask(plan, ledger, { mode, retryErrors, announce, signal: abort });
    const events = new EventLog(
      files.events,
      () => clock.now(),
      (text) => secrets.redact(text),
    );
    const randomName = nameDataset(plan);
    const seeds = plan.kind === 'generation' ? instantiateSeeds(plan.task, plan.seeds) : [];
    const reading = new AbortController();
    const workload = await makeWorkload(plan, { ledger, opened, seeds, randomName, signal: reading.signal });
    const chunks = openChunks(plan, ledger);
    const run = new TaskRun({
      ledger,
      files,
      environment: {
        task,
        builder,
        seeds,
        randomName,
        log: events,
      },
      postprocessors: postprocessorsOf(plan),
      outputDir: settings.outputDir,
      workload,
      redact: (text) => secrets.redact(text),
      stopReading: () => reading.abort(new Error('the run is ending')),
      limits: settings.limits,
      recordRequests: settings.recordRequests,
      chunks,
      countCallsFirst: opened.replays || environment.countCallsFirst,
      clock,
      events,
      announce: (message) => announce(`${task.name}: ${message}`),
      describeException: (error, attempt) => describeException(error, attempt, plan),
    });
    return new TaskSession(plan, ledger, environment, { events, run, reading, chunks });
  }

  /** Runs the task to its end and writes what it made. */
  async finish(): Promise<TaskOutcome> {
    const { task, files } = this.plan;
    const resumed = this.#attemptsBefore > 0;
    await this.#announceCard();
    const ending = await this.run.run();
    this.#reading.abort(new Error('the run has ended'));
    const rows = this.run.finalRows;
    const { results, untouched } = await this.#writeOutput(ending, rows);
    if (this.plan.kind === 'transformation' && isFinished(ending)) await writeManifest(this.plan, this.#ledger);
    if (!untouched) {
      this.#events.add({
        event: 'run_finished',
        reason: ending.reason,
        message: ending.message,
        rows: results.rows,
        resumed,
      });
    }
    const [finalData = files.finalData] = this.#finalFiles;
    return { taskName: task.name, folder: files.folder, finalData, ending, results, untouched };
  }

  async #writeOutput(
    ending: Ending,
    rows: FinalRows | undefined,
  ): Promise<{ results: TaskResults; untouched: boolean }> {
    const totals = this.#ledger.totals();
    const results = this.#describe(ending, totals, rows);
    try {
      const mayReplace = !isInterruption(ending.reason);
      const isWhole = isFinished(ending);
      const written = rows !== undefined && (await this.#writeFinal(rows, { mayReplace, isWhole }));
      // What a formatter throws must not keep the reports from being written.
      const [formatted] = await Promise.allSettled([rows !== undefined && this.#writeFormatted(rows, { mayReplace })]);
      const changed = written || formatted.status === 'rejected' || formatted.value;
      const progressed = this.#ledger.lastAttempt !== this.#attemptsBefore || totals.tries !== this.#before.tries;
      const earlier = await readJson<TaskResults>(this.plan.files.results);
      const untouched = !changed && !progressed && earlier?.status === ending.reason && earlier.rows === results.rows;
      if (untouched && earlier !== undefined) return { results: earlier, untouched };
      await this.#writeReports(results);
      if (formatted.status === 'rejected') throw formatted.reason;
    } catch (error) {
      // A run that a full disk has ended cannot write what it made; it is in the ledger, and the reason is known already.
      if (ending.error === undefined) throw error;
    }
    return { results, untouched: false };
  }

  /** @returns whether any file was written. */
  async #writeFinal(rows: FinalRows, options: { mayReplace: boolean; isWhole: boolean }): Promise<boolean> {
    const written =
      (await this.#chunks?.finish(this.#ledger.lastAttempt, options)) ??
      (await writeSink(this.plan.sinks.final, this.#ledger, rows, options));
    this.#finalFiles = written.files;
    return written.changed;
  }

  /** @returns whether it was written. */
  async #writeFormatted(rows: FinalRows, options: { mayReplace: boolean }): Promise<boolean> {
    const { formatted } = this.plan.sinks;
    return formatted !== undefined && (await writeSink(formatted, this.#ledger, rows, options)).changed;
  }

  #describe(ending: Ending, totals: CallTotals, rows: FinalRows | undefined): TaskResults {
    const { plan } = this;
    return describeResults({
      identity: this.#identity,
      ending,
      startedAt: this.#startedAt,
      finishedAt: this.#environment.clock.now(),
      ...(plan.kind === 'generation' && { quota: plan.settings.numOutputsToGenerate }),
      attempts: this.#ledger.lastAttempt,
      rows: rows?.count ?? this.run.progress.accepted,
      funnel: this.run.funnel,
      before: this.#before,
      totals,
      bill: readBill(this.#ledger),
      notes: this.#ledger.noteCounts(),
      metrics: rows === undefined ? {} : this.#measure(rows),
    });
  }

  /** The task's own metrics; its rows are only read when it has any. */
  #measure(rows: FinalRows): Readonly<Record<string, unknown>> {
    const { task } = this.plan;
    if (task.recordTaskResults === Task.prototype.recordTaskResults) return {};
    try {
      return task.recordTaskResults([...rows].map((row) => task.instantiateOutputExample(row)) as never);
    } catch (error) {
      // Metrics are said of rows that are made and paid for: they are written all the same.
      const { reason, excerpt } = describeThrown(error, this.plan.builder.folder);
      const message = `task_results.json has no metrics, because recordTaskResults threw: ${reason}${excerpt}`;
      this.#events.write('warning', message);
      this.#environment.announce(`${task.name}: ${message}`);
      return {};
    }
  }

  async #writeReports(results: TaskResults): Promise<void> {
    const { inputs: documents, rows, funnel } = results;
    const calls = documents === undefined ? undefined : this.#ledger.callStatistics();
    const stats = calls && describeStats({ documents: documents ?? 0, rows, candidates: funnel.candidates, calls });
    await this.#writeCard();
    if (stats !== undefined) await this.#writeReport(this.plan.files.stats, stats);
    await this.#writeReport(this.plan.files.results, results);
  }

  /** Says at the start what is being made, unless the folder says it already: for those who look before the run has ended. */
  async #announceCard(): Promise<void> {
    const { run, plan } = this;
    try {
      const total = run.progress.total ?? null;
      if (plan.kind === 'transformation' && total !== (this.#ledger.getMeta<number>('inputs') ?? null))
        await this.#ledger.setMeta('inputs', total);
      const said = await readJson<{ definition: Json }>(plan.files.card);
      const definition = JSON.stringify(this.#ledger.getMeta<Json>('definition') ?? null);
      if (this.#environment.secrets.redact(definition) !== JSON.stringify(said?.definition)) await this.#writeCard();
    } catch {
      // The run meets the same disk, and ends as runs end there.
    }
  }

  #writeCard(): Promise<void> {
    const { files, settings, source, builder, taskFile } = this.plan;
    const definition = this.#ledger.getMeta<Json>('definition') ?? null;
    const card = describeCard({
      identity: this.#identity,
      taskFile,
      settings: describeSettings(settings),
      task: source,
      builder: builder.source,
      definition,
      version,
    });
    return this.#writeReport(files.card, card);
  }

  #writeReport(file: string, report: unknown): Promise<void> {
    return writeAtomically(file, [this.#environment.secrets.redact(`${JSON.stringify(report, undefined, 2)}\n`)]);
  }

  get #identity() {
    const { task, builder } = this.plan;
    const { buildId, runId } = this.#environment;
    return { task_name: task.name, data_builder: builder.name, build_id: buildId, run_id: runId };
  }
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Whether every input was worked on. */
function isFinished({ reason }: Ending): boolean {
  return reason === 'complete' || reason === 'partial';
}
