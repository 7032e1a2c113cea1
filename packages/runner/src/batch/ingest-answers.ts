import { ProviderError, systemClock, type Clock, type Json } from '@dgt/core';
import { describeDeferredTry } from '../budget/deferred-try.js';
import { PriceBook } from '../budget/price-book.js';
import { nameCall } from '../engine/attempt-recorder.js';
import { readCallKey } from '../engine/call-gate.js';
import { closeDataset } from '../ledger/open-dataset.js';
import type { RecordedAnswer } from '../ledger/records.js';
import { openAdopting } from '../run/adopt-rows.js';
import type { OpenProjectOptions } from '../run/open-project.js';
import { nameDataset, type TaskPlan } from '../run/task-plan.js';
import type { NamedOpenCall } from './attempt-walk.js';
import { WalkProject, type HeldLedger, type WalkTask } from './walk-project.js';

/** The bodies that calls were answered with, by the keys of the calls. */
export type AnswerBodies = ReadonlyMap<string, Json>;

/** What {@link ingestAnswers} takes. */
export interface IngestOptions extends OpenProjectOptions {
  /** Taken one after the other, so that no more than one is in memory. */
  readonly answers: AsyncIterable<AnswerBodies>;
}

/** What became of answers. */
export interface IngestReport {
  /** Answers that are recorded now. */
  readonly recorded: number;
  /** Answers to calls that had one. */
  readonly known: number;
  /** Keys of no call of these tasks, as far as they are made. */
  readonly unknown: readonly string[];
  /** Why a body is no answer, by the key of its call, which stays open. */
  readonly unusable: ReadonlyMap<string, string>;
}

/**
 * Records answers that were given elsewhere to calls that are open, as if a run had made these: the next run finds them recorded.
 * Builders run on them, so that the calls are known that follow.
 *
 * @throws {@link RunError} DGT_RUN_LOCKED; {@link ConfigError} DGT_CONFIG_INVALID, DGT_DEFINITION_CHANGED; {@link PluginError}
 *   DGT_BUILDER_THREW, for a builder of a generation.
 */
export async function ingestAnswers(options: IngestOptions): Promise<IngestReport> {
  await using project = new WalkProject(options, openForWriting);
  const tasks = await project.open();
  const ingest = new Ingest(project, options.clock ?? systemClock);
  for await (const bodies of options.answers) await ingest.take(bodies, tasks);
  return ingest.report;
}

async function openForWriting(plan: TaskPlan): Promise<HeldLedger> {
  const { ledger } = await openAdopting(plan, { restart: false, adopt: false });
  return { ledger, [Symbol.asyncDispose]: () => closeDataset(plan.files, ledger) };
}

class Ingest {
  readonly #project: WalkProject;
  readonly #clock: Clock;
  #recorded = 0;
  #known = 0;
  readonly #unknown: string[] = [];
  readonly #unusable = new Map<string, string>();

  constructor(project: WalkProject, clock: Clock) {
    this.#project = project;
    this.#clock = clock;
  }

  get report(): IngestReport {
    return { recorded: this.#recorded, known: this.#known, unknown: this.#unknown, unusable: this.#unusable };
  }

  async take(bodies: AnswerBodies, tasks: readonly WalkTask[]): Promise<void> {
    const left = new Map(bodies);
    for (const task of tasks) await this.#answerOpenCalls(task, left);
    for (const task of tasks) this.#leaveOutKnown(task, left);
    for (const key of left.keys()) this.#unknown.push(key);
  }

  async #answerOpenCalls(task: WalkTask, left: Map<string, Json>): Promise<void> {
    if (left.size === 0) return;
    const prices = new PriceBook(task.ledger);
    const walk = this.#project.walk(task, {
      onOpenCall: async (open) => {
        const body = left.get(open.idempotencyKey);
        if (body === undefined || !left.delete(open.idempotencyKey)) return undefined;
        return this.#record(open, body, { ...task, prices });
      },
    });
    for await (const _window of walk.windows()) if (left.size === 0) return;
  }

  /** @returns undefined for a body that is no answer. */
  async #record(
    open: NamedOpenCall,
    body: Json,
    { plan, ledger, prices }: WalkTask & { prices: PriceBook },
  ): Promise<RecordedAnswer | undefined> {
    const { owner, key, hash, call, idempotencyKey: id } = open;
    const { label, request, batchFile } = call;
    const now = this.#clock.now();
    let read;
    try {
      read = batchFile?.read(body, request);
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error;
      this.#unusable.set(id, error.message);
    }
    if (read === undefined) return undefined;
    const { answer, usage = {} } = read;
    const record = { ...readCallKey(key), hash, failed: false, answer };
    const kept = plan.settings.recordRequests ? request : undefined;
    const tried = describeDeferredTry({ id, answer, usage }, call, now);
    const { provider = '', model = '', price } = tried;
    if (price !== undefined) prices.note({ label, provider, model }, price);
    await Promise.all([
      ledger.recordTry(owner, label, tried),
      ledger.recordAnswer({ ...record, owner, label, request: kept, answeredAt: now }),
    ]);
    this.#recorded++;
    return record;
  }

  /** Looks in all that is recorded: attempts that are committed are not made again. */
  #leaveOutKnown({ plan, ledger }: WalkTask, left: Map<string, Json>): void {
    const datasetName = nameDataset(plan);
    for (let owner = 0; owner <= ledger.lastOwner && left.size > 0; owner++) {
      for (const answer of ledger.answersOf(owner))
        if (left.delete(nameCall(datasetName, answer).idempotencyKey)) this.#known++;
    }
  }
}
