import { countOnes } from './bits.js';

/**
 * What a search reads of each entry, side by side in one block of memory: most of the cost of a search over many entries is
 * fetching them. 32 bytes an entry.
 *
 * The *sketch* of an entry is 128 bits, of which each of its units sets one. A bit that only one of two sketches has stands
 * for a unit that only that text has; so texts of `n` and `m` units whose sketches differ in `d` bits share at most
 * `(n + m - d) / 2`. Most texts that share one rare unit share little else, and end here.
 *
 * @see Sandes, Teodoro and Melo, "Bitmap Filter: Speeding up Exact Set Similarity Joins with Bitwise Operations",
 *   Information Systems 88, 2020.
 */
export class CandidateTable {
  #records = new Uint32Array(stride * 1024);
  #count = 0;
  readonly #prepared = new Uint32Array(sketchWords);
  /** The entries whose count is not zero. */
  readonly #found: number[] = [];

  /** How many entries there are. */
  get length(): number {
    return this.#count;
  }

  /** The entries that were counted since the last {@link forget}, in the order of their first time. */
  get found(): readonly number[] {
    return this.#found;
  }

  append(units: Uint32Array): void {
    const start = stride * this.#count++;
    if (start >= this.#records.length) {
      const grown = new Uint32Array(2 * this.#records.length);
      grown.set(this.#records);
      this.#records = grown;
    }
    this.prepare(units);
    this.#records[start + sizeAt] = units.length;
    this.#records.set(this.#prepared, start + sketchAt);
  }

  /** How many units the entry has. */
  sizeOf(entry: number): number {
    return this.#records[stride * entry + sizeAt] as number;
  }

  /** How often the entry was counted since the last {@link forget}. */
  countOf(entry: number): number {
    return this.#records[stride * entry + countAt] as number;
  }

  /** Counts each of the entries whose size is from `least` to `most`. */
  count(entries: readonly number[], least: number, most: number): void {
    const records = this.#records;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as number;
      const start = stride * entry;
      const size = records[start + sizeAt] as number;
      if (size < least || size > most) continue;
      const count = records[start + countAt] as number;
      if (count === 0) this.#found.push(entry);
      records[start + countAt] = count + 1;
    }
  }

  /** Sets every count to zero. */
  forget(): void {
    for (const entry of this.#found) this.#records[stride * entry + countAt] = 0;
    this.#found.length = 0;
  }

  /** Sets the units that the following calls of {@link countDifferences} compare with. */
  prepare(units: Uint32Array): void {
    const sketch = this.#prepared.fill(0);
    for (const unit of units) {
      const bit = Math.imul(unit, 0x9e3779b1) >>> 25;
      sketch[bit >>> 5] = (sketch[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  /** How many units at least only one of the two has. */
  countDifferences(entry: number): number {
    const records = this.#records;
    const prepared = this.#prepared;
    const start = stride * entry + sketchAt;
    let count = 0;
    for (let word = 0; word < sketchWords; word++) {
      count += countOnes((records[start + word] as number) ^ (prepared[word] as number));
    }
    return count;
  }
}

// The place of each part in the record of an entry, in words of 32 bits; eight words are half a line of the cache.
const stride = 8;
const sizeAt = 0;
const countAt = 1;
const sketchAt = 2;
const sketchWords = 4;
