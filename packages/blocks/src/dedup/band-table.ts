/**
 * Finds the entries that have the same key in at least one band: 12 to 16 bytes for each band of an entry, and no object.
 * Each band has a table of chains, the newest entry first.
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

  constructor(bands: number) {
    this.#bands = bands;
    this.#heads = new Uint32Array(bands * this.#capacity);
    this.#older = new Uint32Array(bands * this.#capacity);
    this.#keys = new Uint32Array(bands * this.#capacity);
    this.#seen = new Uint32Array(this.#capacity);
  }

  /** Adds the next entry under one key for each band. */
  add(keys: Uint32Array): void {
    if (this.#count === this.#capacity) this.#grow();
    const entry = this.#count++;
    this.#keys.set(keys, entry * this.#bands);
    this.#chain(entry);
  }

  /** Calls `visit` with each entry that shares a key, once. */
  visit(keys: Uint32Array, visit: (entry: number) => void): void {
    this.#search++;
    for (let band = 0; band < this.#bands; band++) {
      const key = keys[band] as number;
      let next = this.#heads[this.#headOf(band, key)] as number;
      while (next !== 0) {
        const entry = next - 1;
        const cell = entry * this.#bands + band;
        next = this.#older[cell] as number;
        if (this.#keys[cell] !== key || this.#seen[entry] === this.#search) continue;
        this.#seen[entry] = this.#search;
        visit(entry);
      }
    }
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
