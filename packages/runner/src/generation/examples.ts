import { createRandom, type DataPointList, type GenerationTask, type Json, type Row } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';

/** A row that can serve as an example. */
export type Example = object;

/** What one attempt is given: a batch of examples, and everything it may sample from. */
export interface AttemptExamples {
  /** The next seeds, then synthetic rows. */
  readonly batch: readonly Example[];
  readonly seeds: DataPointList<Example>;
  readonly synthetic: DataPointList<Example>;
}

/**
 * Chooses the examples of each attempt from its number alone, given what was accepted before the lookahead: so the data
 * depend on seeds and answers, never on timing.
 */
export class Examples {
  readonly #task: GenerationTask;
  readonly #seeds: readonly Example[];
  readonly #ledger: Ledger;
  readonly #seedBatchSize: number;
  readonly #machineBatchSize: number;
  readonly #randomName: string;

  constructor(options: {
    task: GenerationTask;
    seeds: readonly Example[];
    ledger: Ledger;
    seedBatchSize: number;
    machineBatchSize: number;
    randomName: string;
  }) {
    this.#task = options.task;
    this.#seeds = options.seeds;
    this.#ledger = options.ledger;
    this.#seedBatchSize = Math.min(options.seedBatchSize, options.seeds.length);
    this.#machineBatchSize = options.machineBatchSize;
    this.#randomName = options.randomName;
  }

  /** Examples that an attempt has when synthetic rows abound. */
  get batchSize(): number {
    return this.#seedBatchSize + (this.#feedsBack ? this.#machineBatchSize : 0);
  }

  /** @param visible how many accepted rows the attempt may see. */
  choose(attempt: number, visible: number): AttemptExamples {
    const length = this.#feedsBack ? visible : 0;
    const synthetic = { length, at: (index: number) => this.#synthetic(index) };
    const seeds = { length: this.#seeds.length, at: (index: number) => this.#seeds[index] as Example };
    const batch = [...this.#nextSeeds(attempt), ...this.#pickSynthetic(attempt, synthetic)];
    return { batch, seeds, synthetic };
  }

  /** Seeds in turn, wrapping; never the same seed twice in a batch, never an empty batch. */
  #nextSeeds(attempt: number): Example[] {
    const count = this.#seeds.length;
    const start = ((attempt - 1) * this.#seedBatchSize) % Math.max(1, count);
    return Array.from({ length: this.#seedBatchSize }, (_, offset) => this.#seeds[(start + offset) % count] as Example);
  }

  /** All synthetic rows while they are few, in the order in which they were made; a random sample of them later. */
  #pickSynthetic(attempt: number, synthetic: DataPointList<Example>): Example[] {
    const size = this.#machineBatchSize;
    if (synthetic.length <= size) return Array.from({ length: synthetic.length }, (_, index) => synthetic.at(index));
    const random = createRandom(`${this.#randomName}/${attempt}/examples`);
    const chosen = new Set<number>();
    while (chosen.size < size) chosen.add(random.integer(synthetic.length));
    return [...chosen].map((index) => synthetic.at(index));
  }

  /** Synthetic rows come back as examples only where they have what an example needs, of the same type. */
  get #feedsBack(): boolean {
    const { input, output } = this.#task;
    const [needed, made] = [input.schema.properties, output.schema.properties];
    return (input.schema.required ?? []).every(
      (field) => made[field] !== undefined && made[field]['type'] === needed[field]?.['type'],
    );
  }

  #synthetic(index: number): Example {
    const row = this.#ledger.acceptedRow(index) as { readonly [key: string]: Json };
    const fields = Object.keys(this.#task.input.schema.properties).filter((field) => Object.hasOwn(row, field));
    const example = this.#task.instantiateInputExample(Object.fromEntries(fields.map((field) => [field, row[field]])));
    return freezeExample(Object.assign(example, { task_name: this.#task.name, is_seed: false }));
  }
}

/** Makes the seed examples of a task, stamped and frozen: they are shared by all attempts. */
export function instantiateSeeds(task: GenerationTask, rows: readonly Row[]): Example[] {
  return rows.map((row) => {
    const example = task.instantiateInputExample({ ...row });
    return freezeExample(Object.assign(example, { task_name: task.name, is_seed: true }));
  });
}

/** Freezes an example with the lists and records in it; what one attempt did to a seed would reach the others. */
function freezeExample<T extends object>(example: T): T {
  for (const member of Object.values(example)) {
    if (Array.isArray(member) || (isRecord(member) && !Object.isFrozen(member))) freezeExample(member as object);
  }
  return Object.freeze(example);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
