const wordBits = 32;

/**
 * Measures the longest common subsequence of one sequence of numbers with many others: exact, for any length, 32 cells of
 * the dynamic program in one machine operation, in memory that grows with the lengths and not with their product.
 *
 * Each bit of a word stands for one place of the prepared sequence. Walking along the other sequence, a bit of `column` is 0
 * where the length grows by one. With `matched = column & matches`, the next column is
 * `(column + matched) | (column & ~matched)`. A longer sequence takes several words; each walks the whole other sequence
 * and leaves the carries of its additions to the next.
 *
 * @see Hyyrö, "Bit-Parallel LCS-length Computation Revisited", AWOCA 2004; Crochemore, Iliopoulos, Pinzon and Reid, "A
 *   fast and practical bit-vector algorithm for the longest common subsequence problem", IPL 80(6), 2001.
 */
export class SubsequenceMeter {
  #sequence: Uint32Array = new Uint32Array();
  /** By number: the places within the loaded word that hold it. Zero for every number that is not in that word. */
  #matches = new Uint32Array(1024);
  /** Where the loaded word begins in the sequence. */
  #loadedStart = 0;
  #carries = new Uint8Array(1024);

  /** Sets the sequence that the following calls of {@link measure} compare with. */
  prepare(sequence: Uint32Array): void {
    this.#unload();
    this.#sequence = sequence;
    let largest = 0;
    for (const number of sequence) largest = Math.max(largest, number);
    if (largest >= this.#matches.length) this.#matches = new Uint32Array(2 * (largest + 1));
    this.#load(0);
  }

  /** The length of the longest common subsequence with `numbers[start]` up to, not including, `numbers[end]`. */
  measure(numbers: Uint32Array, start = 0, end = numbers.length): number {
    const words = Math.ceil(this.#sequence.length / wordBits);
    if (words <= 1) return this.#measureOneWord(numbers, start, end);
    if (end - start > this.#carries.length) this.#carries = new Uint8Array(2 * (end - start));
    this.#carries.fill(0, 0, end - start);
    let length = 0;
    for (let word = 0; word < words; word++) {
      this.#unload();
      this.#load(word);
      length += this.#measureLoadedWord(numbers, start, end);
    }
    return length;
  }

  #measureOneWord(numbers: Uint32Array, start: number, end: number): number {
    const matches = this.#matches;
    let column = -1;
    for (let index = start; index < end; index++) {
      const matched = column & readOrZero(matches, numbers[index] as number);
      column = (column + matched) | (column & ~matched);
    }
    return countOnes(~column);
  }

  #measureLoadedWord(numbers: Uint32Array, start: number, end: number): number {
    const matches = this.#matches;
    const carries = this.#carries;
    let column = 0xffffffff;
    for (let index = start; index < end; index++) {
      const matched = (column & readOrZero(matches, numbers[index] as number)) >>> 0;
      const sum = column + matched + (carries[index - start] as number);
      carries[index - start] = sum > 0xffffffff ? 1 : 0;
      column = (sum | (column & ~matched)) >>> 0;
    }
    return countOnes(~column);
  }

  #load(word: number): void {
    this.#loadedStart = word * wordBits;
    const end = Math.min(this.#loadedStart + wordBits, this.#sequence.length);
    for (let place = this.#loadedStart; place < end; place++) {
      const number = this.#sequence[place] as number;
      this.#matches[number] = (this.#matches[number] as number) | (1 << (place - this.#loadedStart));
    }
  }

  #unload(): void {
    const end = Math.min(this.#loadedStart + wordBits, this.#sequence.length);
    for (let place = this.#loadedStart; place < end; place++) this.#matches[this.#sequence[place] as number] = 0;
  }
}

function readOrZero(numbers: Uint32Array, index: number): number {
  return index < numbers.length ? (numbers[index] as number) : 0;
}

function countOnes(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
