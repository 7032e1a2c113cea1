import type { Json } from '@dgt/core';
import type { DatasetDrop } from '../engine/dataset-stages.js';
import type { Outcome } from '../ledger/outcome.js';

/** How many candidates were lost at one place for one reason. */
export interface FunnelLoss {
  /** The block that dropped them, or `builder` for answers that gave no row. */
  readonly block: string;
  readonly reason: string;
  readonly kind: 'rejected' | 'no_row' | 'error';
  readonly count: number;
  /** The first of them. */
  readonly sample: Json;
}

/** Where candidates went, from the model's answers to the rows of the dataset. */
export interface FunnelReport {
  readonly candidates: number;
  readonly accepted: number;
  readonly losses: readonly FunnelLoss[];
}

/**
 * Reasons of one block that are told apart. An author who writes the answer into the reason has as many as there are rows;
 * those beyond are counted together.
 */
const reasonsPerBlock = 100;

/** Counts what became of candidates. */
export class Funnel {
  #candidates = 0;
  #accepted = 0;
  readonly #losses = new Map<string, FunnelLoss>();
  readonly #reasonCounts = new Map<string, number>();

  /** Counts rows of the dataset that earlier runs made. */
  addAccepted(count: number): void {
    this.#candidates += count;
    this.#accepted += count;
  }

  add({ kind, row, detail }: Outcome): void {
    this.#candidates++;
    if (kind === 'accepted') {
      this.#accepted++;
      return;
    }
    const { block = 'builder', reason = 'no reason given', code } = detail;
    // Reasons of failed calls name one row; their code is what many have in common.
    const shown = this.#limitReasons(`${kind}/${block}`, kind === 'error' ? (code ?? reason) : reason);
    const key = `${kind}/${block}/${shown}`;
    const known = this.#losses.get(key);
    this.#losses.set(key, { block, reason: shown, kind, count: (known?.count ?? 0) + 1, sample: known?.sample ?? row });
  }

  #limitReasons(place: string, reason: string): string {
    if (this.#losses.has(`${place}/${reason}`)) return reason;
    const count = this.#reasonCounts.get(place) ?? 0;
    if (count >= reasonsPerBlock) return 'other reasons';
    this.#reasonCounts.set(place, count + 1);
    return reason;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get lost(): number {
    return this.#candidates - this.#accepted;
  }

  /** @param drops what blocks dropped that saw the whole dataset: accepted up to then. */
  report(drops: readonly DatasetDrop[] = []): FunnelReport {
    const losses = new Map(this.#losses);
    for (const { row, detail } of drops) {
      const { block = '', reason = '' } = detail;
      const key = `dataset/${block}/${reason}`;
      const { count = 0, sample = row as Json } = losses.get(key) ?? {};
      losses.set(key, { block, reason, kind: 'rejected', count: count + 1, sample });
    }
    return { candidates: this.#candidates, accepted: this.#accepted - drops.length, losses: [...losses.values()] };
  }
}
