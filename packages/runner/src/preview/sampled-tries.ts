import type { ModelPrice, TryRecord } from '@dgt/core';
import { costOf } from '../budget/bill.js';

/** A request that a preview made, and what it cost; undefined where no price of the model is known. */
export interface SampledTry extends TryRecord {
  readonly cost: number | undefined;
}

/** The requests that a preview made to servers, by the attempt or input that made them. */
export class SampledTries {
  readonly #tries = new Map<number, SampledTry[]>();
  readonly #prices = new Map<string, ModelPrice | undefined>();

  /** Keeps what the model of a block costs; told before its calls are made. */
  notePrice(label: string, price: ModelPrice | undefined): void {
    this.#prices.set(label, price);
  }

  add(owner: number, label: string, record: TryRecord): void {
    const price = this.#prices.get(label);
    const tries = this.#tries.get(owner) ?? [];
    tries.push({ ...record, cost: price && costOf(record, price) });
    this.#tries.set(owner, tries);
  }

  of(owner: number): readonly SampledTry[] {
    return this.#tries.get(owner) ?? [];
  }
}
