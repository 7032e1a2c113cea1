import { systemClock } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import { OpenProject, type OpenProjectOptions } from '../run/open-project.js';
import { openTask, pinnedDefinition, type OpenedTask } from '../run/open-task.js';
import type { TaskPlan } from '../run/task-plan.js';
import { AttemptWalk, type AttemptWalkOptions } from './attempt-walk.js';

/** A ledger that is disposed of when it is not needed any more. */
export interface HeldLedger extends AsyncDisposable {
  readonly ledger: Ledger;
}

/** A task whose attempts can be walked. */
export interface WalkTask {
  readonly plan: TaskPlan;
  readonly ledger: Ledger;
  readonly opened: OpenedTask;
}

/** The tasks of one command, opened as a run would, of which no model is called. */
export class WalkProject implements AsyncDisposable {
  readonly #options: OpenProjectOptions;
  readonly #openLedger: (plan: TaskPlan) => Promise<HeldLedger>;
  readonly #project: OpenProject;
  readonly #signal: AbortSignal;
  readonly #ledgers = new Map<TaskPlan, HeldLedger>();

  constructor(options: OpenProjectOptions, openLedger: (plan: TaskPlan) => Promise<HeldLedger>) {
    this.#options = options;
    this.#openLedger = openLedger;
    this.#project = new OpenProject(options);
    this.#signal = options.abort ?? new AbortController().signal;
  }

  /** @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of every file; DGT_DEFINITION_CHANGED */
  async open(): Promise<WalkTask[]> {
    const { announce = () => {} } = this.#options;
    const signal = this.#signal;
    const plans = await this.#project.load();
    await this.#project.checkColumns({ stop: signal });
    for (const plan of plans) this.#ledgers.set(plan, await this.#openLedger(plan));
    const findPinned = (plan: TaskPlan, { name }: { name: string }) => pinnedDefinition(this.#ledgerOf(plan), name);
    await this.#project.prepareBlocks(findPinned, { asksModels: false });
    const tasks: WalkTask[] = [];
    for (const plan of plans) {
      const ledger = this.#ledgerOf(plan);
      const opened = await openTask(plan, ledger, { mode: undefined, retryErrors: false, announce, signal });
      tasks.push({ plan, ledger, opened });
    }
    return tasks;
  }

  walk(task: WalkTask, told: Pick<AttemptWalkOptions, 'onOpenCall' | 'onFailedRow'>): AttemptWalk {
    const { clock = systemClock, announce = () => {} } = this.#options;
    return new AttemptWalk({
      ...task,
      ...told,
      clock,
      log: this.#project.services.log,
      announce: (message) => announce(`${task.plan.task.name}: ${message}`),
      signal: this.#signal,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#project[Symbol.asyncDispose]();
    // Every one, whatever becomes of the others.
    const closed = await Promise.allSettled([...this.#ledgers.values()].map((held) => held[Symbol.asyncDispose]()));
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  #ledgerOf(plan: TaskPlan): Ledger {
    return (this.#ledgers.get(plan) as HeldLedger).ledger;
  }
}
