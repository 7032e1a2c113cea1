import {
  LMProvider,
  systemClock,
  type AnyBlock,
  type Clock,
  type Json,
  type Log,
  type StoreServices,
  type Task,
} from '@dgt/core';
import { loadProject, type ProjectOptions } from '../config/load-project.js';
import type { PlannedTask } from '../config/planned.js';
import { Problems } from '../config/problems.js';
import type { RunnerConfig } from '../config/runner-settings.js';
import type { SecretStore } from '../config/secrets.js';
import { divideRates } from '../shards/divide-rates.js';
import type { ShardName } from '../shards/shard.js';
import { toShardPlan } from '../shards/shard-plan.js';
import { checkColumns } from './check-columns.js';
import { blocksOf, makeBuilder } from './make-builders.js';
import { createStoreServices } from './open-stores.js';
import { planTask } from './plan-task.js';
import { createServices, type RunServices } from './run-services.js';
import type { ReadyBuilder, TaskPlan } from './task-plan.js';

/** Which tasks to open, and in what surroundings. */
export interface OpenProjectOptions extends Pick<ProjectOptions, 'configPath' | 'environment' | 'hostUrl'> {
  readonly taskPaths: readonly string[];
  readonly builderRoots: readonly string[];
  readonly workingFolder: string;
  /** Settings that win over the files. */
  readonly overrides?: RunnerConfig;
  /** `TYPE:MODEL` for every model block. */
  readonly lm?: string | undefined;
  /** The part of the input of each task that is worked on; all of it when left out. */
  readonly shard?: ShardName | undefined;
  readonly secrets: SecretStore;
  readonly clock?: Clock;
  /** Gives up what is being prepared. */
  readonly abort?: AbortSignal;
  /** Says something that the user should see before or during the run. */
  readonly announce?: (message: string) => void;
}

/**
 * The tasks of one command with all that they need but a ledger: builders and blocks made, seeds read. Writes nothing, and
 * closes what it holds whatever happens.
 */
export class OpenProject {
  readonly services: RunServices;
  readonly #options: OpenProjectOptions;
  readonly #storeServices: StoreServices;
  readonly #container;
  readonly #builders = new Map<string, ReadyBuilder>();
  readonly #tasks: Task[] = [];
  readonly #plans: TaskPlan[] = [];
  readonly #locators = new Map<TaskPlan, PlannedTask['locate']>();

  constructor(options: OpenProjectOptions) {
    const { announce = () => {}, secrets, workingFolder, clock = systemClock } = options;
    this.#options = options;
    const log: Log = { write: (level, message) => level !== 'debug' && announce(message) };
    const { container, services } = createServices({ log, secrets, baseFolder: workingFolder, clock });
    this.#container = container;
    this.services = services;
    this.#storeServices = createStoreServices(services, options.environment ?? process.env);
  }

  /**
   * Reads and checks everything, then makes it.
   *
   * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of every file.
   */
  async load(): Promise<readonly TaskPlan[]> {
    const project = await loadProject({ overrides: {}, ...this.#options });
    const shared = { services: this.services, taskFiles: project.tasks.map(({ file }) => file) };
    const { shard } = this.#options;
    for (const planned of project.builders) {
      const own = shard === undefined ? planned : divideRates(planned, shard.of);
      this.#builders.set(planned.name, await makeBuilder(own, shared));
    }
    for (const planned of project.tasks) {
      const whole = await planTask(planned, this.#builders, this.#storeServices);
      const plan = shard === undefined ? whole : toShardPlan(whole, shard);
      this.#tasks.push(plan.task);
      // Before anything is compared: what it reads may be part of its definition.
      await plan.task.prepare();
      this.#plans.push(plan);
      this.#locators.set(plan, planned.locate);
    }
    return this.#plans;
  }

  /**
   * Looks at the first rows of each input, before anything is written or called.
   *
   * @param options.stop gives up waiting for rows, such as those of a pipe that nobody writes into.
   * @throws {@link ConfigError} DGT_CONFIG_INVALID with what each task needs and none of its rows has.
   */
  async checkColumns({ stop }: { stop?: AbortSignal | undefined } = {}): Promise<void> {
    const { workingFolder, secrets } = this.#options;
    const problems = new Problems({ workingFolder, secrets });
    const checkAll = async () => {
      for (const [plan, locate] of this.#locators) {
        if (plan.kind === 'transformation') await checkColumns(plan.task, plan.input, { problems, locate });
      }
    };
    const stopped = new Promise<void>((resolve) => {
      if (stop?.aborted === true) resolve();
      stop?.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([checkAll(), stopped]);
    problems.throwIfAny();
  }

  /**
   * Lets each block choose what it is, keeping to what its dataset was begun with.
   *
   * @param findPinned gives the definition that a block had when the dataset of a task was begun.
   * @param options.asksModels whether models that have no choice are asked if they can be called.
   */
  async prepareBlocks(
    findPinned: (plan: TaskPlan, block: AnyBlock) => Json | undefined,
    { asksModels = true } = {},
  ): Promise<void> {
    const { abort: signal = new AbortController().signal } = this.#options;
    for (const builder of this.#builders.values()) {
      const own = this.#plans.filter((plan) => plan.builder === builder);
      const seeds = own.flatMap((plan) => (plan.kind === 'generation' ? plan.seeds : []));
      for (const block of blocksOf(builder)) {
        if (!asksModels && block instanceof LMProvider && !hasChoice(block)) continue;
        const pinned = own.map((plan) => findPinned(plan, block)).find((definition) => definition !== undefined);
        await block.prepare({ pinned, signal, seeds });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { log } = this.services;
    for (const builder of this.#builders.values()) {
      for (const block of blocksOf(builder)) {
        // What was made is written; a connection that cannot be closed must not hide it, nor keep a ledger open.
        const warn = (error: Error) => log.write('warning', `${block.name}: ${error.message}`);
        await block.close().catch(warn);
      }
    }
    for (const plan of this.#plans) if (plan.kind === 'transformation') plan.input.close();
    for (const task of this.#tasks) {
      await task.close().catch((error: Error) => log.write('warning', `${task.name}: ${error.message}`));
    }
    await this.#container.dispose();
  }
}

/** Whether there is more than one model that a block may come to use. */
export function hasChoice({ config }: LMProvider): boolean {
  return (config as { readonly fallback?: unknown }).fallback !== undefined;
}
