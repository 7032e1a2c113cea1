/**
 * Finds sets whose Jaccard similarity can reach a threshold, by their rarest members: of two such sets, the rarest few of each
 * have one in common. For sets that share most of their members with thousands of others, such as the words of texts made
 * from one template: what tells them apart is rare, and what they share is not looked at.
 *
 * @see Chaudhuri, Ganti and Kaushik, "A Primitive Operator for Similarity Joins in Data Cleaning", ICDE 2006; Bayardo, Ma and
 *   Srikant, "Scaling Up All Pairs Similarity Search", WWW 2007, for the sizes.
 */
export class PrefixIndex {
  readonly #threshold: number;
  readonly #readSet: (entry: number) => Uint32Array;
  readonly #entries: number[] = [];
  /** By member, where more than one set had it when members were last counted: how many. */
  #counts = new Map<number, number>();
  /** By member, then size of the set: the entries that have it among their rarest. */
  #holders = new Map<number, (number[] | undefined)[]>();
  #countedAt = 0;

  /** @param readSet gives the distinct members of an entry. */
  constructor(threshold: number, readSet: (entry: number) => Uint32Array) {
    this.#threshold = threshold;
    this.#readSet = readSet;
  }

  add(entry: number): void {
    this.#entries.push(entry);
    // Which members are rare changes with the sets; counting anew at each doubling costs one more pass in all.
    if (this.#entries.length > 2 * this.#countedAt) this.#countAnew();
    else this.#list(entry);
  }

  /** Calls `visit` with every entry whose similarity with the set can reach the threshold, perhaps more than once. */
  visit(set: Uint32Array, visit: (entry: number) => void): void {
    const size = set.length;
    const sorted = this.#sortByRarity(set);
    const least = Math.ceil(this.#threshold * size - rounding);
    const most = Math.floor(size / this.#threshold + rounding);
    for (let position = 0; position <= size - least; position++) {
      const holders = this.#holders.get(sorted[position] as number);
      if (holders === undefined) continue;
      const end = Math.min(most, holders.length - 1);
      for (let otherSize = least; otherSize <= end; otherSize++) {
        const entries = holders[otherSize];
        if (entries === undefined || position > size - this.#findLeastCommon(size, otherSize)) continue;
        for (const entry of entries) visit(entry);
      }
    }
  }

  /** How many members two sets of these sizes have in common at least that reach the threshold. */
  #findLeastCommon(size: number, otherSize: number): number {
    return Math.ceil((this.#threshold / (1 + this.#threshold)) * (size + otherSize) - rounding);
  }

  #countAnew(): void {
    const counts = new Map<number, number>();
    for (const entry of this.#entries) {
      for (const member of this.#readSet(entry)) counts.set(member, (counts.get(member) ?? 0) + 1);
    }
    this.#counts = new Map([...counts].filter(([, count]) => count > 1));
    this.#countedAt = this.#entries.length;
    this.#holders = new Map();
    for (const entry of this.#entries) this.#list(entry);
  }

  #list(entry: number): void {
    const set = this.#readSet(entry);
    const size = set.length;
    const length = size - Math.ceil(this.#threshold * size - rounding) + 1;
    for (const member of this.#sortByRarity(set).slice(0, length)) {
      let holders = this.#holders.get(member);
      if (holders === undefined) this.#holders.set(member, (holders = []));
      (holders[size] ??= []).push(entry);
    }
  }

  /** One order for all sets until members are counted anew. */
  #sortByRarity(set: Uint32Array): number[] {
    const counts = this.#counts;
    return Array.from(set).sort((one, other) => (counts.get(one) ?? 0) - (counts.get(other) ?? 0) || one - other);
  }
}

/** A set too many costs a comparison, one too few a decision. */
const rounding = 1e-9;
