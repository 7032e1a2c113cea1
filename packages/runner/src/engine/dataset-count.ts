import type { Ledger } from '../ledger/ledger.js';
import type { Outcome } from '../ledger/outcome.js';
import { Funnel, type FunnelReport } from '../output/funnel.js';
import type { FinalRows } from '../output/final-rows.js';
import type { DatasetRounds } from './dataset-rounds.js';
import type { DatasetProgress } from './task-progress.js';
import type { Workload } from './workload.js';

/** What a {@link DatasetCount} counts with. */
interface CountOptions {
  readonly ledger: Ledger;
  readonly workload: Workload;
  readonly rounds: DatasetRounds;
}

/** Which outcomes belong to the dataset: those up to the one with which it has enough rows. What comes after waits. */
export class DatasetCount {
  readonly #options: CountOptions;
  readonly #funnel = new Funnel();
  readonly #made = { attempts: 0, rows: 0, lost: 0 };
  #isComplete: boolean;

  constructor(options: CountOptions) {
    this.#options = options;
    this.#isComplete = options.workload.hasEnough(0);
  }

  /** Whether the dataset has all rows that it is to have. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Rows that passed everything that looks at them along the way. */
  get passed(): number {
    return this.#funnel.accepted;
  }

  /** Rows of the dataset: those that passed, without what the last round over all of it dropped. */
  get accepted(): number {
    return this.#funnel.accepted - this.#options.rounds.dropped;
  }

  get lost(): number {
    return this.#funnel.lost + this.#options.rounds.dropped;
  }

  /** What attempts came to that got an answer in this run. */
  get made(): DatasetProgress['made'] {
    return { ...this.#made };
  }

  get report(): FunnelReport {
    return this.#funnel.report(this.#options.rounds.drops);
  }

  /** The rows of the dataset; undefined when blocks that see all of it have not judged it. */
  chooseFinal(most: number | undefined): FinalRows | undefined {
    return this.#options.rounds.chooseFinal(this.passed, this.#isComplete ? most : undefined);
  }

  /** The last outcome that belongs to the dataset. */
  get cut(): number {
    const all = Number.MAX_SAFE_INTEGER;
    return this.#isComplete ? (this.#options.ledger.outcomeIdOf(this.passed) ?? all) : all;
  }

  addMade(candidates: number, accepted: number): void {
    this.#made.attempts++;
    this.#made.rows += accepted;
    this.#made.lost += candidates - accepted;
  }

  /** Counts rows that need not be looked at one by one. */
  addAccepted(count: number): void {
    this.#funnel.addAccepted(count);
  }

  add(outcome: Outcome): void {
    if (this.#isComplete) return;
    const { workload, rounds } = this.#options;
    this.#funnel.add(outcome);
    workload.observe(outcome);
    if (outcome.kind !== 'accepted') return;
    rounds.count(this.passed);
    this.#isComplete = workload.hasEnough(this.accepted);
  }

  /** After a round over the whole dataset: where it left too few, the outcomes that waited count too. */
  recount(): void {
    const { ledger, workload } = this.#options;
    this.#isComplete = workload.hasEnough(this.accepted);
    if (this.#isComplete) return;
    for (const outcome of ledger.outcomes({ after: ledger.outcomeIdOf(this.passed) ?? 0 })) this.add(outcome);
  }
}
