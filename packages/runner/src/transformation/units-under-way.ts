interface UnitUnderWay {
  readonly attempt: number;
  /** The number that the ledger knows it by. */
  readonly number: number;
  readonly content: string;
}

/** The units that are not committed yet: as many as may be open at once, however many the input has. */
export class UnitsUnderWay {
  /** By number; oldest first. */
  readonly #units = new Map<number, UnitUnderWay>();
  readonly #contents = new Map<string, number>();

  add(unit: UnitUnderWay): void {
    this.#units.set(unit.number, unit);
    this.#contents.set(unit.content, this.count(unit.content) + 1);
  }

  /** Drops the units up to an attempt: they are committed. */
  forget(upTo: number): void {
    for (const [number, { attempt, content }] of this.#units) {
      if (attempt > upTo) return;
      this.#units.delete(number);
      const left = this.count(content) - 1;
      if (left > 0) this.#contents.set(content, left);
      else this.#contents.delete(content);
    }
  }

  /** How many hold the same. */
  count(content: string): number {
    return this.#contents.get(content) ?? 0;
  }

  attemptOn(number: number): number | undefined {
    return this.#units.get(number)?.attempt;
  }
}
