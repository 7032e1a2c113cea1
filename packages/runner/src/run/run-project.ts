import { ConfigError, systemClock, GenerationTask, type AnyBlock, type Clock, type Json, type Log } from '@dgt/core';
import type { StoreServices, Task, TransformationTask } from '@dgt/core';
import { randomUUID } from 'node:crypto';
import { loadProject, type ProjectOptions } from '../config/load-project.js';
import type { PlannedTask } from '../config/planned.js';
import type { RunnerConfig } from '../config/runner-settings.js';
import type { SecretStore } from '../config/secrets.js';
import type { TaskProgress } from '../engine/task-run.js';
import type { Ledger } from '../ledger/ledger.js';
import { closeDataset, openDataset } from '../ledger/open-dataset.js';
import { locateOutput } from '../output/output-files.js';
import { adoptRows, checkForeignRows } from './adopt-rows.js';
import { blocksOf, makeBuilder } from './make-builders.js';
import { pinnedDefinition } from './open-task.js';
import { openSinks } from './open-sinks.js';
import { createStoreServices, openInput, readSeeds } from './open-stores.js';
import { createServices, type RunServices } from './run-services.js';
import { TaskSession, type TaskOutcome } from './run-task.js';
import type { ChangeMode, ReadyBuilder, TaskPlan } from './task-plan.js';

/** What one call of `dgt run` is asked to do. */
export interface ProjectRunOptions extends Pick<ProjectOptions, 'configPath' | 'environment' | 'hostUrl'> {
  readonly taskPaths: readonly string[];
  readonly builderRoots: readonly string[];
  readonly workingFolder: string;
  /** Settings that win over the files. */
  readonly overrides?: RunnerConfig;
  /** `TYPE:MODEL` for every model block. */
  readonly lm?: string | undefined;
  readonly restart?: boolean;
  /** Counts rows of an output folder that no ledger knows. */
  readonly adopt?: boolean;
  readonly mode?: ChangeMode;
  /** Makes the calls and rows again that ended as errors. */
  readonly retryErrors?: boolean;
  readonly buildId?: string;
  readonly secrets: SecretStore;
  readonly clock?: Clock;
  /** Start nothing more, finish what is under way. */
  readonly stop?: AbortSignal;
  /** End at once. */
  readonly abort?: AbortSignal;
  /** Says something that the user should see before or during the run. */
  readonly announce?: (message: string) => void;
  /** Called once everything is ready and the tasks begin; the functions tell how far each is. */
  readonly onStart?: (tasks: readonly (() => TaskProgress)[]) => void;
}

/**
 * Reads, checks and runs tasks side by side. Everything is checked before anything runs; each task ends for a reason of its
 * own.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of every file; {@link RunError} DGT_RUN_LOCKED;
 *   ConfigError DGT_DEFINITION_CHANGED.
 */
export async function runProject(options: ProjectRunOptions): Promise<TaskOutcome[]> {
  const { restart = false, mode } = options;
  if (restart && mode !== undefined)
    throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: `--restart and --${mode}` });
  const project = await loadProject({ overrides: {}, ...options });
  await using run = new ProjectRun(options);
  const builders = new Map<string, ReadyBuilder>();
  const shared = { services: run.services, taskFiles: project.tasks.map(({ file }) => file) };
  for (const planned of project.builders)
    builders.set(planned.name, await run.addBuilder(() => makeBuilder(planned, shared)));
  const plans: TaskPlan[] = [];
  for (const planned of project.tasks)
    plans.push(await run.addTask(() => planTask(planned, builders, run.storeServices)));
  // A restart keeps to no earlier choice, and must set nothing aside for a run that cannot begin.
  if (restart) await run.prepareBlocks(plans);
  await run.openLedgers(plans);
  if (!restart) await run.prepareBlocks(plans);
  return await run.runAll(plans);
}

/** Holds what one run has open, and closes it whatever happens. */
class ProjectRun {
  readonly services: RunServices;
  readonly storeServices: StoreServices;
  readonly #options: ProjectRunOptions;
  readonly #container;
  readonly #builders: ReadyBuilder[] = [];
  readonly #tasks: Task[] = [];
  readonly #ledgers = new Map<TaskPlan, Ledger>();

  constructor(options: ProjectRunOptions) {
    const { announce = () => {}, secrets, workingFolder, clock = systemClock } = options;
    this.#options = options;
    const log: Log = { write: (level, message) => level !== 'debug' && announce(message) };
    const { container, services } = createServices({ log, secrets, baseFolder: workingFolder, clock });
    this.#container = container;
    this.services = services;
    this.storeServices = createStoreServices(services, options.environment ?? process.env);
  }

  async addBuilder(make: () => Promise<ReadyBuilder>): Promise<ReadyBuilder> {
    const builder = await make();
    this.#builders.push(builder);
    return builder;
  }

  /** Prepares a task before anything is compared: what it reads may be part of its definition. */
  async addTask(plan: () => Promise<TaskPlan>): Promise<TaskPlan> {
    const planned = await plan();
    this.#tasks.push(planned.task);
    await planned.task.prepare();
    return planned;
  }

  async openLedgers(plans: readonly TaskPlan[]): Promise<void> {
    const { restart = false, adopt = false, announce = () => {} } = this.#options;
    for (const plan of plans) {
      const foreign = restart ? undefined : await checkForeignRows(plan.files, adopt);
      const { durability, numOutputsToGenerate } = plan.settings;
      const quota = plan.kind === 'generation' ? { quota: numOutputsToGenerate } : {};
      const ledger = await openDataset(plan.files, { restart, durability, ...quota });
      this.#ledgers.set(plan, ledger);
      if (foreign === undefined) continue;
      await adoptRows(plan, ledger, foreign);
      announce(`${plan.task.name}: adopted ${foreign.rows.length} rows of ${foreign.file}`);
    }
  }

  /** Lets each block choose what it is, keeping to what its dataset was begun with. */
  async prepareBlocks(plans: readonly TaskPlan[]): Promise<void> {
    const { abort: signal = new AbortController().signal } = this.#options;
    for (const builder of this.#builders) {
      const own = plans.filter((plan) => plan.builder === builder);
      const ledgers = own.map((plan) => this.#ledgers.get(plan));
      const seeds = own.flatMap((plan) => (plan.kind === 'generation' ? plan.seeds : []));
      for (const block of blocksOf(builder)) {
        await block.prepare({ pinned: this.#findPinned(ledgers, block), signal, seeds });
      }
    }
  }

  async runAll(plans: readonly TaskPlan[]): Promise<TaskOutcome[]> {
    const { stop, abort, onStart } = this.#options;
    const sessions: TaskSession[] = [];
    for (const plan of plans) sessions.push(await this.#openSession(plan));
    // One listener for all: Node warns of a leak where many tasks listen to one signal.
    forward(stop, () => sessions.forEach(({ run }) => run.stop()));
    forward(abort, () => sessions.forEach(({ run }) => run.abort()));
    onStart?.(
      sessions.map(
        ({ run }) =>
          () =>
            run.progress,
      ),
    );
    const finished = await Promise.allSettled(finishAll(sessions));
    const failed = finished.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    return finished.map((result) => (result as PromiseFulfilledResult<TaskOutcome>).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const builder of this.#builders) {
      for (const block of blocksOf(builder)) {
        // What the run made is written; a connection that cannot be closed must not hide it, nor keep a ledger open.
        const warn = (error: Error) => this.services.log.write('warning', `${block.name}: ${error.message}`);
        await block.close().catch(warn);
      }
    }
    for (const task of this.#tasks) {
      await task.close().catch((error: Error) => this.services.log.write('warning', `${task.name}: ${error.message}`));
    }
    for (const [{ files }, ledger] of this.#ledgers) await closeDataset(files, ledger);
    await this.#container.dispose();
  }

  #openSession(plan: TaskPlan): Promise<TaskSession> {
    const { mode, retryErrors = false, buildId = 'exp', secrets, announce = () => {} } = this.#options;
    const { abort = new AbortController().signal } = this.#options;
    const { clock, log } = this.services;
    const ledger = this.#ledgers.get(plan) as Ledger;
    return TaskSession.open(plan, ledger, {
      mode,
      retryErrors,
      abort,
      buildId,
      runId: randomUUID(),
      clock,
      log,
      secrets,
      announce,
    });
  }

  #findPinned(ledgers: readonly (Ledger | undefined)[], { name }: AnyBlock): Json | undefined {
    return ledgers
      .map((ledger) => ledger && pinnedDefinition(ledger, name))
      .find((definition) => definition !== undefined);
  }
}

/**
 * Side by side, but for tasks whose postprocessors share a memory (`within: run`): those come one after the other, since which
 * of two equal rows stays must not depend on time.
 */
function finishAll(sessions: readonly TaskSession[]): Promise<TaskOutcome>[] {
  let turn: Promise<unknown> = Promise.resolve();
  return sessions.map((session) => {
    const blocks = session.plan.builder.postprocessors;
    if (!blocks.some(({ config }) => (config as { readonly within?: unknown }).within === 'run'))
      return session.finish();
    const finished = turn.then(() => session.finish());
    turn = finished.catch(() => {});
    return finished;
  });
}

async function planTask(
  planned: PlannedTask,
  builders: ReadonlyMap<string, ReadyBuilder>,
  services: StoreServices,
): Promise<TaskPlan> {
  const { settings, uniqueKey, spec, name, file, storeName } = planned;
  const { class: builderClass } = planned.builder;
  const task = new builderClass.task(spec as never);
  const files = locateOutput(settings.outputDir, storeName ?? name);
  const common = {
    settings,
    builder: builders.get(planned.builder.name) as ReadyBuilder,
    files,
    sinks: openSinks(planned, files, services),
    source: planned.source as Json,
  };
  if (task instanceof GenerationTask) {
    const seeds = await readSeeds(planned, services);
    if (seeds.length === 0) throw new ConfigError('DGT_SEEDS_MISSING', { task: name, file });
    return { kind: 'generation', task, seeds, ...common };
  }
  const input = openInput(planned, services);
  if (input === undefined) throw new ConfigError('DGT_INPUT_MISSING', { task: name, file });
  const inBatches = typeof (builderClass.prototype as { transformBatch?: unknown }).transformBatch === 'function';
  const units = { size: inBatches ? settings.transformBatchSize : 1, uniqueKey };
  return { kind: 'transformation', task: task as TransformationTask, input, units, inBatches, ...common };
}

function forward(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}
