import type { Lane } from '../lane/lane.js';
import type { Log } from '../log.js';
import type { Json } from '../json.js';
import type { Random } from '../random.js';

/** What a builder's code is given to work with in one lane. */
export interface LaneContext<Blocks = Record<string, unknown>> {
  /** The builder's blocks, bound to this lane. */
  readonly blocks: Blocks;
  /** The random numbers of this lane: the only randomness that a run repeats. */
  readonly random: Random;
  /** Aborted when the run is cancelled; hand it to whatever takes time. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Says that an answer gave no row, and why; shown in the funnel with one sample, listed in rejected.jsonl. */
  reject(reason: string, sample?: unknown): void;
  /**
   * Does something outside of dgt (a tool, HTTP, the clock) once and records what it gave; a later run gets the record.
   * The name, with the arguments that matter, tells a changed effect from a repeated one. What is given back has been
   * through JSON the first time too: a date is text, nothing is null.
   */
  once<T extends Json>(name: string, effect: () => T | Promise<T>): Promise<T>;
  /**
   * Works on several items at once, each in a lane of its own; results in the order of the items. Of several failures the
   * first in that order is raised.
   */
  map<T, R>(items: Iterable<T>, work: (item: T, lane: LaneContext<Blocks>) => R | Promise<R>): Promise<R[]>;
  /**
   * A lane with a name of its own, for a step of several or for flows that `map` does not open: its recorded answers are found
   * again whatever else was added, left out or done meanwhile. The same name again is the next lane of that name.
   */
  named(name: string): LaneContext<Blocks>;
}

/** What `generate` is given beside its examples: one attempt at making rows for one task. */
export interface Attempt<Blocks = Record<string, unknown>> extends LaneContext<Blocks> {
  /** Counts the attempts of this task from 1. */
  readonly number: number;
  /**
   * Draws examples from all seeds and from the synthetic rows that this attempt may see.
   * `seedFraction` is the share of seeds, from 0 to 1; their natural share when left out.
   */
  sampleExamples<T = unknown>(count: number, options?: { seedFraction?: number }): T[];
  /**
   * Rows that postprocessors rejected lately, the newest first, for a prompt to say what not to repeat; of attempts that this
   * one may see, which are as old as its synthetic examples. 20 when no `count` is given.
   */
  recentRejects<T = unknown>(count?: number): readonly T[];
}

/** What `transform` is given beside its row. */
export interface RowContext<Blocks = Record<string, unknown>> extends LaneContext<Blocks> {
  /** The place of the row in the input, from 1; where it stands must not decide what becomes of it. */
  readonly number: number;
  /** The columns of the row that the task's input does not declare. */
  readonly columns: Readonly<Record<string, unknown>>;
}

/** What `transformBatch` is given beside its rows. */
export interface BatchContext<Blocks = Record<string, unknown>> extends LaneContext<Blocks> {
  /** Counts the batches of the input from 1. */
  readonly number: number;
  /** The columns of a row of this batch that the task's input does not declare. */
  columnsOf(row: object): Readonly<Record<string, unknown>>;
  /** Says which row of this batch an output was made from, so that the row's further columns travel beside it. */
  from<Output extends object>(row: object, output: Output): Output;
}

/** Makes the context of a lane. `bindBlocks` gives the builder's blocks bound to any lane. */
export function createLaneContext<Blocks>(lane: Lane, bindBlocks: (lane: Lane) => Blocks): LaneContext<Blocks> {
  return {
    blocks: bindBlocks(lane),
    get random() {
      return lane.random;
    },
    signal: lane.signal,
    log: lane.log,
    reject: (reason, sample) => lane.reject({ block: 'builder', reason, sample }),
    once: (name, effect) =>
      lane.child().call({ label: name, request: { once: name }, execute: async () => toJson(await effect()) }),
    map: async (items, work) => {
      const lanes = lane.child();
      const started = [...items].map(async (item, index) => work(item, createLaneContext(lanes.at(index), bindBlocks)));
      // A later item may fail while an earlier one is awaited; which error is raised must not depend on timing.
      for (const flow of started) flow.catch(() => {});
      const results = [];
      for (const flow of started) results.push(await flow);
      return results;
    },
    named: (name) => createLaneContext(lane.named(name), bindBlocks),
  };
}

/** The value as a later run will read it, so that code cannot tell the first run from the others. */
function toJson<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value) ?? 'null') as T;
}
