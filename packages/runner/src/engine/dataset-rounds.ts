import type { LaneScope } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import { readAcceptedRows, type FinalRows } from '../output/final-rows.js';
import type { DatasetDrop, DatasetStages, JudgedDataset } from './dataset-stages.js';

/** Rounds that may end with no more rows than one before. */
const fruitlessRounds = 10;

/** How many of the accepted rows were left when the whole dataset was judged. */
type Round = { readonly accepted: number; readonly kept: number };

/**
 * The rounds in which the whole dataset of a task is judged: when it seems to have enough rows, and again when it has as many
 * more as were dropped. When they took place is kept in the ledger, so that a run that goes on counts as the first did.
 */
export class DatasetRounds {
  readonly #stages: DatasetStages;
  readonly #ledger: Ledger;
  #rounds: readonly Round[];
  #judged: JudgedDataset | undefined;
  #dropped = 0;
  #judgedRows: number | undefined;

  constructor(stages: DatasetStages, ledger: Ledger) {
    this.#stages = stages;
    this.#ledger = ledger;
    this.#rounds = ledger.getMeta<Round[]>('rounds') ?? [];
  }

  /** Whether nothing needs every row. */
  get areNone(): boolean {
    return this.#stages.isEmpty;
  }

  /** How many accepted rows the last round dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What the last round of this run dropped. */
  get drops(): readonly DatasetDrop[] {
    return this.#judged?.drops ?? [];
  }

  /**
   * The rows of the dataset: all that were accepted, or what the last round of this run left of them; undefined when one is
   * needed and there was none.
   *
   * @param most how many rows the dataset is to have.
   */
  chooseFinal(accepted: number, most: number | undefined): FinalRows | undefined {
    if (this.areNone) return readAcceptedRows(this.#ledger, accepted);
    if (this.#judged === undefined) return undefined;
    const kept = this.#judged.rows.slice(0, most);
    const texts = { [Symbol.iterator]: () => kept.map((row) => JSON.stringify(row)).values() };
    return { count: kept.length, chosenFrom: accepted, texts, [Symbol.iterator]: () => kept[Symbol.iterator]() };
  }

  /** Whether the last round of this run judged so many accepted rows. */
  isCurrent(accepted: number): boolean {
    return this.#judgedRows === accepted;
  }

  /** Told of each row that is accepted, also of those of earlier runs. */
  count(accepted: number): void {
    const round = this.#rounds.find((earlier) => earlier.accepted === accepted);
    if (round !== undefined) this.#dropped = accepted - round.kept;
  }

  /** Judges the accepted rows, all of them. */
  async judge(accepted: number, scope: LaneScope): Promise<void> {
    this.#judged = undefined;
    const rows = [...readAcceptedRows(this.#ledger, accepted)];
    this.#judged = await this.#stages.judge(rows, `all.${accepted}`, scope);
    this.#judgedRows = accepted;
    const kept = this.#judged.rows.length;
    this.#dropped = accepted - kept;
    if (this.#rounds.some((earlier) => earlier.accepted === accepted)) return;
    this.#rounds = [...this.#rounds, { accepted, kept }];
    await this.#ledger.setMeta('rounds', this.#rounds);
  }

  /** Why further rounds lead nowhere; undefined while they may. */
  get stall(): string | undefined {
    const best = Math.max(...this.#rounds.map(({ kept }) => kept));
    const sinceBest = this.#rounds.length - 1 - this.#rounds.findIndex(({ kept }) => kept === best);
    if (sinceBest < fruitlessRounds) return undefined;
    return `no more than ${best} rows are left in the last ${sinceBest} rounds over the whole dataset`;
  }
}
