import type { Json } from '@dgt/core';
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

  report(): FunnelReport {
    return { candidates: this.#candidates, accepted: this.#accepted, losses: [...this.#losses.values()] };
  }
}
