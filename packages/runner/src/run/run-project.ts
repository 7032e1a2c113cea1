import { ConfigError, type AnyBlock, type Json } from '@dgt/core';
import { randomUUID } from 'node:crypto';
import type { Ledger } from '../ledger/ledger.js';
import { closeDataset } from '../ledger/open-dataset.js';
import { checkDefinitions, findParts, type Part } from '../shards/find-parts.js';
import { importParts } from '../shards/import-parts.js';
import { leavesStages } from '../shards/shard-plan.js';
import { openAdopting } from './adopt-rows.js';
import { OpenProject, type OpenProjectOptions } from './open-project.js';
import { pinnedDefinition } from './open-task.js';
import type { RunServices } from './run-services.js';
import { TaskSession, type TaskOutcome } from './run-task.js';
import { describeStarted, type StartedTask } from './started-task.js';
import type { ChangeMode, TaskPlan } from './task-plan.js';

/** What one call of `dgt run` is asked to do. */
export interface ProjectRunOptions extends OpenProjectOptions {
  readonly restart?: boolean;
  /** Counts rows of an output folder that no ledger knows. */
  readonly adopt?: boolean;
  /** A file of rows that were made elsewhere, which count where a transformation has not worked on their input yet. */
  readonly adoptFrom?: string | undefined;
  readonly mode?: ChangeMode;
  /** Makes the calls and rows again that ended as errors. */
  readonly retryErrors?: boolean;
  /** Makes the datasets of what their parts have recorded, which are all there. */
  readonly merge?: boolean;
  readonly buildId?: string;
  /** Start nothing more, finish what is under way. */
  readonly stop?: AbortSignal;
  /** End at once. */
  readonly abort?: AbortSignal;
  /** Called once everything is ready and the tasks begin. */
  readonly onStart?: (tasks: readonly StartedTask[]) => void;
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
  await using run = new ProjectRun(options);
  // Closed before the ledgers, to which what is closing may still write.
  await using project = new OpenProject(options);
  const plans = await project.load();
  await project.checkColumns({ stop: options.stop });
  if (options.merge === true) await run.findParts(plans);
  const prepareBlocks = () => project.prepareBlocks((plan, block) => run.findPinned(plan, block));
  // A restart keeps to no earlier choice, and must set nothing aside for a run that cannot begin.
  if (restart) await prepareBlocks();
  await run.openLedgers(plans);
  if (!restart) await prepareBlocks();
  await run.importParts();
  return await run.runAll(plans, project.services);
}

/** Holds the ledgers of one run, and closes them whatever happens. */
class ProjectRun {
  readonly #options: ProjectRunOptions;
  readonly #ledgers = new Map<TaskPlan, Ledger>();
  /** The parts that a merge brings together. */
  readonly #parts = new Map<TaskPlan, readonly Part[]>();

  constructor(options: ProjectRunOptions) {
    this.#options = options;
  }

  /** @throws {@link RunError} DGT_PARTS_MISSING, before anything is touched. */
  async findParts(plans: readonly TaskPlan[]): Promise<void> {
    const { abort = new AbortController().signal } = this.#options;
    for (const plan of plans) {
      if (plan.kind === 'generation') throw new ConfigError('DGT_SHARD_GENERATION', { task: plan.task.name });
      this.#parts.set(plan, await findParts(plan, abort));
    }
  }

  /** Brings the parts into the ledgers of their tasks. */
  async importParts(): Promise<void> {
    for (const [plan, parts] of this.#parts) {
      if (plan.kind === 'generation') continue;
      checkDefinitions(plan, parts);
      await importParts(plan, this.#ledgers.get(plan) as Ledger, parts);
    }
  }

  async openLedgers(plans: readonly TaskPlan[]): Promise<void> {
    const { restart = false, adopt = false, adoptFrom, announce = () => {} } = this.#options;
    for (const plan of plans) {
      const { ledger, adopted } = await openAdopting(plan, { restart, adopt, adoptFrom });
      this.#ledgers.set(plan, ledger);
      if (adopted !== undefined) announce(`${plan.task.name}: adopted ${adopted.count} rows of ${adopted.file}`);
    }
  }

  /** The definition that a block had when the dataset of a task was begun. */
  findPinned(plan: TaskPlan, { name }: AnyBlock): Json | undefined {
    const ledger = this.#ledgers.get(plan);
    const [part] = this.#parts.get(plan) ?? [];
    return (ledger && pinnedDefinition(ledger, name)) ?? part?.manifest.blocks[name];
  }

  async runAll(plans: readonly TaskPlan[], services: RunServices): Promise<TaskOutcome[]> {
    const { stop, abort, onStart } = this.#options;
    const sessions: TaskSession[] = [];
    for (const plan of plans) sessions.push(await this.#openSession(plan, services));
    // One listener for all: Node warns of a leak where many tasks listen to one signal.
    forward(stop, () => sessions.forEach(({ run }) => run.stop()));
    forward(abort, () => sessions.forEach(({ run }) => run.abort()));
    onStart?.(sessions.map(describeStarted));
    const finished = await Promise.allSettled(finishAll(sessions));
    const failed = finished.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    return finished.map((result) => (result as PromiseFulfilledResult<TaskOutcome>).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Every one, whatever becomes of the others.
    const closed = await Promise.allSettled(
      [...this.#ledgers].map(([{ files }, ledger]) => closeDataset(files, ledger)),
    );
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  #openSession(plan: TaskPlan, { clock, log }: RunServices): Promise<TaskSession> {
    const { mode, retryErrors = false, merge = false, buildId = 'exp', secrets, announce = () => {} } = this.#options;
    const { abort = new AbortController().signal } = this.#options;
    const ledger = this.#ledgers.get(plan) as Ledger;
    // What parts have spent was within their budgets.
    const isPaid = merge && !leavesStages(plan);
    const limits = { ...plan.settings.limits, ...(isPaid && { maxTokens: undefined, maxCost: undefined }) };
    const asked: TaskPlan = { ...plan, settings: { ...plan.settings, limits } };
    return TaskSession.open(asked, ledger, {
      mode,
      retryErrors,
      countCallsFirst: merge,
      abort,
      buildId,
      runId: randomUUID(),
      clock,
      log,
      secrets,
      announce,
    });
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

function forward(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}
