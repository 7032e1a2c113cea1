import { RunError, type BatchContext, type Json, type LaneContext, type Row } from '@dgt/core';
import type { RowContext, Transformed, TransformationTask } from '@dgt/core';
import { stampRow, type Work } from '../engine/attempt.js';
import type { MadeRow } from '../engine/candidate.js';
import { ending, type Ending } from '../engine/ending.js';
import { isIterable, readMadeRows } from '../engine/made-rows.js';
import type { LoopState, Workload } from '../engine/workload.js';
import type { Outcome } from '../ledger/outcome.js';
import { columnsBeside } from './columns-beside.js';
import type { InputFeed, NamedUnit } from './input-feed.js';

/** Inputs after which the share of errors is taken for what it is. */
const errorsCountAfter = 20;

/** What a {@link TransformationWorkload} is made from. */
export interface TransformationOptions {
  readonly task: TransformationTask;
  readonly feed: Pick<InputFeed, 'next'>;
  /** Whether the builder takes rows in batches. */
  readonly inBatches: boolean;
  /** Attempts that may be open at once. */
  readonly window: number;
  /** Attempts that the whole input takes; undefined while that is not known. */
  readonly total: number | undefined;
  /** The run ends when a larger share of the inputs ends as errors. */
  readonly maxErrorRate: number;
}

interface Transforming {
  transform(row: object, ctx: RowContext): Transformed<object>;
  transformBatch(rows: readonly object[], ctx: BatchContext): Transformed<object>;
}

/** One attempt for each row or batch of the input, until its end. */
export class TransformationWorkload implements Workload {
  readonly hasQuota = false;
  readonly #options: TransformationOptions;
  #failed = 0;
  #lastFailed = 0;

  constructor(options: TransformationOptions) {
    this.#options = options;
  }

  measure({ lastCommitted }: LoopState): { done: number; total: number | undefined } {
    return { done: lastCommitted, total: this.#options.total };
  }

  mayBegin({ lastAttempt, lastCommitted }: LoopState): boolean {
    return lastAttempt - lastCommitted < this.#options.window;
  }

  async take(): Promise<Work | undefined> {
    const unit = await this.#options.feed.next();
    if (unit === undefined) return undefined;
    const { position, number, key, content, rows } = unit;
    return {
      owner: number,
      laneName: `r${key.toString('hex')}`,
      place: position,
      input: { number, content },
      inputRow: (this.#options.inBatches ? rows : rows[0]) as Json,
      make: (builder, context) => this.#make(builder as Transforming, context, unit),
    };
  }

  hasEnough(): boolean {
    return false;
  }

  observe({ kind, attempt }: Outcome): void {
    if (kind !== 'error' || attempt === this.#lastFailed) return;
    this.#lastFailed = attempt;
    this.#failed++;
  }

  committed(): void {}

  findEnding({ lastCommitted }: LoopState): Ending | undefined {
    const { maxErrorRate } = this.#options;
    if (lastCommitted < errorsCountAfter || this.#failed <= maxErrorRate * lastCommitted) return undefined;
    const error = new RunError('DGT_TOO_MANY_ERRORS', { failed: this.#failed, of: lastCommitted, limit: maxErrorRate });
    return { reason: 'failed', message: error.message, error };
  }

  describeEnd({ lastCommitted, accepted }: LoopState): Ending {
    const what = this.#options.inBatches ? 'batches' : 'rows';
    const made = `${accepted} ${accepted === 1 ? 'row' : 'rows'} of ${lastCommitted} input ${what}`;
    if (this.#failed === 0) return ending('complete', made);
    return ending('partial', `${made}; ${this.#failed} ended as errors, which --retry-errors tries again`);
  }

  async #make(builder: Transforming, context: LaneContext, unit: NamedUnit): Promise<MadeRow[]> {
    const { task, inBatches } = this.#options;
    if (unit.adopted !== undefined) return unit.adopted.map((row) => this.#adopt(row));
    const points = unit.rows.map((row) => this.#instantiate(row));
    const columns = new Map(points.map((point, index) => [point, columnsBeside(task, unit.rows[index] as Row)]));
    const origins = new WeakMap<object, Row>();
    const read = async (method: string, made: Transformed<object>) => this.#read(method, await made);
    const [first] = points as [object];
    const number = unit.position;
    const rows = inBatches
      ? await read(
          'transformBatch',
          builder.transformBatch(
            points,
            Object.assign(context, {
              number,
              columnsOf: (row: object) => columns.get(row) ?? {},
              from: <T extends object>(row: object, output: T) => {
                origins.set(output, columns.get(row) ?? {});
                return output;
              },
            }),
          ),
        )
      : await read(
          'transform',
          builder.transform(first, Object.assign(context, { number, columns: columns.get(first) ?? {} })),
        );
    return rows.map((row) => {
      const beside = task.keepColumns((inBatches ? origins.get(row) : columns.get(first)) ?? {});
      return { row: stampRow(task.name, { ...beside, ...row }), columns: Object.keys(beside) };
    });
  }

  #adopt(row: Row): MadeRow {
    const stamped = stampRow(this.#options.task.name, row);
    return { row: stamped, columns: Object.keys(stamped) };
  }

  async #read(method: string, made: Awaited<Transformed<object>>): Promise<Row[]> {
    if (made === null || made === undefined) return [];
    return readMadeRows(method, isIterable(made) ? made : [made]);
  }

  #instantiate(row: Row): object {
    const { task } = this.#options;
    const point = task.instantiateInputExample({ ...row });
    return Object.assign(point, { task_name: task.name, is_seed: true });
  }
}
