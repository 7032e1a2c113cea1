import type { Attempt, Generated, GenerationTask, Json, LaneContext } from '@dgt/core';
import { inspect } from 'node:util';
import { stampRow, type Work } from '../engine/attempt.js';
import { ending, type Ending } from '../engine/ending.js';
import { isIterable, readMadeRows } from '../engine/made-rows.js';
import type { LoopState, Workload } from '../engine/workload.js';
import type { Ledger } from '../ledger/ledger.js';
import type { AttemptRecord } from '../ledger/records.js';
import type { Examples } from './examples.js';
import { StallWatch, type StallLimits } from './stall.js';

/** What a {@link GenerationWorkload} is made from. */
export interface GenerationOptions {
  readonly task: GenerationTask;
  readonly ledger: Ledger;
  readonly examples: Examples;
  readonly quota: number;
  /** Attempts that may be open at once. */
  readonly lookahead: number;
  readonly maxAttempts: number;
  readonly stallLimits: StallLimits;
  /** Attempts up to this one do not count for a stall. */
  readonly stallsAfter: number;
  /** Reads what the builder gives, all of it by default. */
  readonly readRows?: typeof readMadeRows;
}

interface Generating {
  generate(seeds: readonly object[], ctx: Attempt): Generated<object>;
}

/** Attempts at making rows from examples, until the quota is met or the task gets nowhere. */
export class GenerationWorkload implements Workload {
  readonly hasQuota = true;
  readonly #options: GenerationOptions;
  readonly #stalls: StallWatch;
  /** Attempts that hold rows that were made elsewhere. */
  readonly #adopted: number;
  readonly #adoptedRows: number;

  constructor(options: GenerationOptions) {
    this.#options = options;
    this.#adopted = options.ledger.getMeta<number>('adopted') ?? 0;
    const newest = options.ledger.attempt(this.#adopted);
    this.#adoptedRows = newest === undefined ? 0 : newest.acceptedBefore + newest.accepted;
    const { stallLimits, ledger, stallsAfter } = options;
    this.#stalls = new StallWatch(stallLimits, ledger.newestAttempts({ after: stallsAfter }));
  }

  measure({ accepted }: LoopState): { done: number; total: number } {
    return { done: accepted, total: this.#options.quota };
  }

  mayBegin({ lastAttempt, lastCommitted, openAttempts, accepted }: LoopState): boolean {
    const { lookahead, maxAttempts, quota, examples, ledger } = this.#options;
    if (lastAttempt - lastCommitted >= lookahead || lastAttempt >= maxAttempts) return false;
    if (openAttempts === 0) return true;
    // An attempt that was adopted holds far more rows than one that is made.
    const made = lastCommitted - this.#adopted;
    const yieldSoFar = made === 0 ? examples.batchSize : (ledger.acceptedCount - this.#adoptedRows) / made;
    return accepted + openAttempts * yieldSoFar < quota;
  }

  take(number: number): Work {
    const { task, examples, ledger, lookahead, readRows = readMadeRows } = this.#options;
    const newest = ledger.attempt(number - lookahead);
    const chosen = examples.choose(number, newest === undefined ? 0 : newest.acceptedBefore + newest.accepted);
    return {
      owner: number,
      laneName: String(number),
      make: async (builder, context, lane) => {
        const attempt: LaneContext & Omit<Attempt, keyof LaneContext> = Object.assign(context, {
          number,
          sampleExamples: (count: number, { seedFraction }: { seedFraction?: number } = {}) =>
            task.sampleExamples({
              seeds: chosen.seeds as never,
              synthetic: chosen.synthetic as never,
              count,
              seedFraction,
              random: lane.random,
            }) as never[],
          recentRejects: <T>(count = 20) =>
            ledger.rejectedRows({ upToAttempt: number - lookahead, count }) as readonly Json[] as readonly T[],
        });
        const source = await (builder as Generating).generate(chosen.batch, attempt);
        if (!isIterable(source)) throw new TypeError(`generate gave ${inspect(source)} instead of rows`);
        const rows = await readRows('generate', source);
        return rows.map((row) => ({ row: stampRow(task.name, row), columns: [] }));
      },
    };
  }

  hasEnough(accepted: number): boolean {
    return this.#options.task.isComplete({ accepted, quota: this.#options.quota });
  }

  observe(): void {}

  committed(record: AttemptRecord): void {
    this.#stalls.add(record);
  }

  findEnding({ lastCommitted, accepted }: LoopState): Ending | undefined {
    const stalled = this.#stalls.reason;
    if (stalled !== undefined) return ending('stalled', stalled);
    if (lastCommitted < this.#options.maxAttempts) return undefined;
    return ending('attempts_exhausted', `${lastCommitted} attempts gave ${accepted} rows`);
  }

  describeEnd({ accepted }: LoopState): Ending {
    return ending('complete', `${accepted} of ${this.#options.quota} rows`);
  }
}
