import type { ModelPrice } from '@dgt/core';
import type { Caller } from '../ledger/caller-usage.js';
import type { Ledger } from '../ledger/ledger.js';

/** A caller and what its model costs, as the ledger keeps it. */
export type PriceEntry = { readonly [Name in keyof Caller]: string } & { readonly price: ModelPrice };

/** The key under which a ledger keeps them. */
export const pricesKey = 'prices';

/**
 * The prices at which a dataset was made, kept in its ledger: a bill needs no price list then, and is the same wherever it is
 * written. The price that was said last counts for all tries of a caller, so that one given late counts for earlier ones too.
 */
export class PriceBook {
  readonly #ledger: Pick<Ledger, 'setMeta'>;
  readonly #entries = new Map<string, PriceEntry>();

  constructor(ledger: Pick<Ledger, 'getMeta' | 'setMeta'>) {
    this.#ledger = ledger;
    for (const entry of ledger.getMeta<PriceEntry[]>(pricesKey) ?? []) this.#entries.set(nameCaller(entry), entry);
  }

  /** Keeps what a caller's model costs. @returns whether that was not known, or another price. */
  note({ label, provider, model }: Caller, price: ModelPrice): boolean {
    const key = nameCaller({ label, provider, model });
    const known = this.#entries.get(key)?.price;
    if (known === price || (known !== undefined && JSON.stringify(known) === JSON.stringify(price))) return false;
    this.#entries.set(key, { label, provider, model, price });
    // A failure to write ends the run at the next answer that is to be recorded.
    this.#ledger.setMeta(pricesKey, [...this.#entries.values()]).catch(() => {});
    return true;
  }

  /** What a caller's model costs; undefined where that was never known. */
  find(caller: Caller): ModelPrice | undefined {
    return this.#entries.get(nameCaller(caller))?.price;
  }
}

/** Tells callers apart. */
export function nameCaller({ label, provider, model }: Caller): string {
  return JSON.stringify([label, provider, model]);
}
