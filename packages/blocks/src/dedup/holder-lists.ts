/**
 * Says which entries hold a unit: an inverted index whose long lists are cut by the size of the entry, so that a search
 * that needs entries of some sizes does not pass over the others. In texts made from one template every entry holds the
 * words of the template, and this is what keeps a search from reading them all.
 */
export class HolderLists {
  /** By unit: the entries that hold it, ascending, while they are few. */
  readonly #few: (number[] | undefined)[] = [];
  /** By unit, then size: the entries that hold it, ascending, once they are many. */
  readonly #bySize: (number[][] | undefined)[] = [];
  /** By unit: how many entries hold it. */
  readonly #counts: number[] = [];
  readonly #sizeOf: (entry: number) => number;

  /** @param sizeOf gives the size of an entry. */
  constructor(sizeOf: (entry: number) => number) {
    this.#sizeOf = sizeOf;
  }

  /** How many entries hold the unit. */
  count(unit: number): number {
    return this.#counts[unit] ?? 0;
  }

  /** Notes that an entry, the last one so far, holds a unit. */
  add(unit: number, entry: number): void {
    // Unit by unit from 0, so that the arrays stay dense.
    while (this.#counts.length <= unit) {
      this.#counts.push(0);
      this.#few.push(undefined);
      this.#bySize.push(undefined);
    }
    const count = (this.#counts[unit] as number) + 1;
    this.#counts[unit] = count;
    if (count > fewAtMost) return this.#addToMany(unit, entry);
    const few = this.#few[unit];
    if (few === undefined) this.#few[unit] = [entry];
    else few.push(entry);
  }

  /** Calls `visit` with every list of entries that hold the unit; all entries of a size from `least` to `most` are among them. */
  visit(unit: number, least: number, most: number, visit: (entries: readonly number[]) => void): void {
    const few = this.#few[unit];
    if (few !== undefined) return visit(few);
    const bySize = this.#bySize[unit];
    if (bySize === undefined) return;
    const end = Math.min(most, bySize.length - 1);
    for (let size = least; size <= end; size++) {
      const entries = bySize[size] as number[];
      if (entries.length > 0) visit(entries);
    }
  }

  #addToMany(unit: number, entry: number): void {
    let bySize = this.#bySize[unit];
    if (bySize === undefined) {
      bySize = [];
      this.#bySize[unit] = bySize;
      for (const earlier of this.#few[unit] as number[]) addBySize(bySize, this.#sizeOf(earlier), earlier);
      this.#few[unit] = undefined;
    }
    addBySize(bySize, this.#sizeOf(entry), entry);
  }
}

/** From here on a list is cut by size: below, reading on is cheaper than going from list to list. */
const fewAtMost = 64;

function addBySize(bySize: number[][], size: number, entry: number): void {
  while (bySize.length <= size) bySize.push([]);
  (bySize[size] as number[]).push(entry);
}
