/**
 * Finds the entries that have the same key in at least one band: 12 to 16 bytes for each band of an entry, and no object.
 * Each band has a table of chains, the newest entry first.
 *
 * A key that many entries have is *crowded*: its entries are handed over once, and from then on the key is passed over and the
 * caller told, so that it can find them in a better way than one by one.
 */
export class BandTable {
  readonly #bands: number;
  #capacity = 1024;
  #count = 0;
  /** By band, then low bits of the key: the newest entry, plus 1. */
  #heads: Uint32Array;
  /** By entry, then band: the next older entry of the chain, plus 1. */
  #older: Uint32Array;
  /** By entry, then band. */
  #keys: Uint32Array;
  /** By entry: the last search that saw it. */
  #seen: Uint32Array;
  #search = 0;
  readonly #crowdSize: number;
  /** Band and key, in one number. */
  readonly #crowded = new Set<number>();

  /** @param crowdSize more entries than this make a key crowded. */
  constructor(bands: number, crowdSize = Infinity) {
    this.#bands = bands;
    this.#crowdSize = crowdSize;
    this.#heads = new Uint32Array(bands * this.#capacity);
    this.#older = new Uint32Array(bands * this.#capacity);
    this.#keys = new Uint32Array(bands * this.#capacity);
    this.#seen = new Uint32Array(this.#capacity);
  }

  /** Adds the next entry under one key for each band, and says whether one of these is crowded. */
  add(keys: Uint32Array): boolean {
    if (this.#count === this.#capacity) this.#grow();
    const entry = this.#count++;
    this.#keys.set(keys, entry * this.#bands);
    this.#chain(entry);
    return this.#crowded.size > 0 && keys.some((key, band) => this.#crowded.has(nameKey(band, key)));
  }

  /**
   * Calls `visit` with each entry that shares a key, once, but for crowded ones.
   *
   * @param crowd is given the entries of a key that has become crowded; they were visited.
   * @returns whether there is a crowded key, whose entries were not visited.
   */
  visit(
    keys: Uint32Array,
    visit: (entry: number) => void,
    crowd: (entries: readonly number[]) => void = ignore,
  ): boolean {
    this.#search++;
    let isCrowded = false;
    for (let band = 0; band < this.#bands; band++) {
      const key = keys[band] as number;
      if (this.#crowded.size > 0 && this.#crowded.has(nameKey(band, key))) {
        isCrowded = true;
        continue;
      }
      let sharing = 0;
      let next = this.#heads[this.#headOf(band, key)] as number;
      while (next !== 0) {
        const entry = next - 1;
        const cell = entry * this.#bands + band;
        next = this.#older[cell] as number;
        if (this.#keys[cell] !== key) continue;
        sharing++;
        if (this.#seen[entry] === this.#search) continue;
        this.#seen[entry] = this.#search;
        visit(entry);
      }
      if (sharing > this.#crowdSize) {
        this.#crowded.add(nameKey(band, key));
        crowd(this.#list(band, key));
      }
    }
    return isCrowded;
  }

  /** Whether the entry has one of the keys, each in its band. */
  shares(entry: number, keys: Uint32Array): boolean {
    const start = entry * this.#bands;
    return keys.some((key, band) => this.#keys[start + band] === key);
  }

  /** All entries that have the key. */
  #list(band: number, key: number): number[] {
    const entries: number[] = [];
    let next = this.#heads[this.#headOf(band, key)] as number;
    while (next !== 0) {
      const cell = (next - 1) * this.#bands + band;
      if (this.#keys[cell] === key) entries.push(next - 1);
      next = this.#older[cell] as number;
    }
    return entries;
  }

  #headOf(band: number, key: number): number {
    return band * this.#capacity + (key & (this.#capacity - 1));
  }

  #chain(entry: number): void {
    for (let band = 0; band < this.#bands; band++) {
      const cell = entry * this.#bands + band;
      const head = this.#headOf(band, this.#keys[cell] as number);
      this.#older[cell] = this.#heads[head] as number;
      this.#heads[head] = entry + 1;
    }
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#keys = enlarge(this.#keys);
    this.#seen = enlarge(this.#seen);
    this.#older = new Uint32Array(this.#bands * this.#capacity);
    this.#heads = new Uint32Array(this.#bands * this.#capacity);
    for (let entry = 0; entry < this.#count; entry++) this.#chain(entry);
  }
}

function enlarge(numbers: Uint32Array): Uint32Array {
  const grown = new Uint32Array(2 * numbers.length);
  grown.set(numbers);
  return grown;
}

function nameKey(band: number, key: number): number {
  return band * 2 ** 32 + key;
}

function ignore(): void {}
