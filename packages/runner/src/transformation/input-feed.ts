import { RunError, type Row } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import type { InputSource } from './input-source.js';
import { nameUnit, readUnits, type InputUnit, type UnitOptions } from './input-unit.js';
import { isFinished, readShardUnits } from '../shards/shard-units.js';
import { UnitsUnderWay } from './units-under-way.js';

/** A unit with its name for life. */
export interface NamedUnit extends InputUnit {
  readonly key: Buffer;
  /** The number that the ledger knows it by. */
  readonly number: number;
  /** What was made of it elsewhere. */
  readonly adopted: readonly Row[] | undefined;
}

/**
 * Hands out the units of an input in their order, from the first one that is not committed. Keeps none of them, and of their
 * names only those under way: the ledger has the others.
 */
export class InputFeed {
  readonly #ledger: Ledger;
  readonly #units: AsyncGenerator<InputUnit>;
  readonly #options: UnitOptions;
  readonly #signal: AbortSignal;
  /** What ends the waits for a source, which may be for ever, such as for a pipe that nobody writes into. */
  readonly #waiting = new Set<(reason: Error) => void>();
  readonly #underWay = new UnitsUnderWay();

  constructor(source: InputSource, ledger: Ledger, options: UnitOptions, signal: AbortSignal) {
    this.#ledger = ledger;
    this.#options = options;
    this.#signal = signal;
    this.#units = readOpenUnits(source, ledger, options, signal);
    const giveUp = () => this.#waiting.forEach((reject) => reject(signal.reason as Error));
    signal.addEventListener('abort', giveUp, { once: true });
  }

  /**
   * The next unit; undefined at the end of the input. Calls may overlap; they are served in their order.
   *
   * @throws the reason of the signal once that fires.
   */
  async next(): Promise<NamedUnit | undefined> {
    const result = await this.#orAborted(this.#units.next());
    // The ledger may be closed.
    this.#signal.throwIfAborted();
    return result.done === true ? undefined : this.#name(result.value);
  }

  /** Not Promise.race with a promise of the signal's end: that promise would hold on to every unit of the input. */
  #orAborted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      promise.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  #name(unit: InputUnit): NamedUnit {
    const content = unit.content.toString('latin1');
    this.#underWay.forget(this.#ledger.lastAttempt);
    const countSame = () => this.#ledger.inputs.countContent(unit.content) + this.#underWay.count(content);
    const key = nameUnit(unit, countSame);
    const number = this.#ledger.inputs.number(key);
    if (unit.uniqueKey !== undefined) this.#checkUnique(unit, number);
    this.#underWay.add({ attempt: unit.attempt, number, content });
    return { ...unit, key, number, adopted: this.#ledger.inputs.adopted(key) as Row[] | undefined };
  }

  #checkUnique({ position, uniqueKey }: InputUnit, number: number): void {
    const attempt = this.#ledger.inputs.attemptOn(number) ?? this.#underWay.attemptOn(number);
    if (attempt === undefined) return;
    const { size, uniqueKey: key, shard } = this.#options;
    const other = shard?.positionOf(attempt) ?? attempt;
    const value = JSON.stringify(size === 1 ? (uniqueKey as unknown[])[0] : uniqueKey);
    const rows = size === 1 ? `rows ${other} and ${position}` : `batches ${other} and ${position} of ${size} rows`;
    throw new RunError('DGT_UNIQUE_KEY_REPEATED', { key, value, rows });
  }
}

/** The units that are not committed. */
async function* readOpenUnits(
  source: InputSource,
  ledger: Ledger,
  options: UnitOptions,
  signal: AbortSignal,
): AsyncGenerator<InputUnit> {
  const committed = ledger.lastAttempt;
  const { shard } = options;
  if (shard === undefined) {
    yield* readUnits(source.read({ skip: committed * options.size, signal }), options, committed + 1);
  } else if (!isFinished(ledger, shard)) {
    for await (const unit of readShardUnits(source, ledger, { ...options, shard }, signal))
      if (unit.attempt > committed) yield unit;
  }
}
