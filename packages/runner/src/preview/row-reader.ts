import { readMadeRows } from '../engine/made-rows.js';

/** Reads what a builder gives until there is enough of it; the builder is not asked for more. */
export class RowReader {
  readonly #wanted: number;
  #found = 0;
  #enough: (() => void) | undefined;
  readonly #whenEnough = new Promise<void>((resolve) => {
    this.#enough = resolve;
  });

  /** @param wanted Minimum: 1 */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** How many rows, or answers without one, are still wanted. */
  get missing(): number {
    return Math.max(0, this.#wanted - this.#found);
  }

  /** Counts an answer that gave no row: it is something to show as well. */
  countLoss(): void {
    this.#found++;
    if (this.missing === 0) this.#enough?.();
  }

  readonly read: typeof readMadeRows = (method, source) => readMadeRows(method, this.#limit(source));

  async *#limit(source: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    const over = this.#whenEnough.then(() => undefined);
    while (this.missing > 0) {
      const next = Promise.resolve(iterator.next());
      // Where it loses the race, nobody else hears of its failure.
      next.catch(() => {});
      const result = await Promise.race([next, over]);
      if (result === undefined || result.done === true) return;
      this.#found++;
      yield result.value;
    }
  }
}
