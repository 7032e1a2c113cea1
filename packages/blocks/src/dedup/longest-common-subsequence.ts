import { countOnes } from './bits.js';

const wordBits = 32;

/**
 * Measures the longest common subsequence of one sequence of numbers with many others: exact, for any length, 32 cells of
 * the dynamic program in one machine operation, in memory that grows with the lengths and not with their product.
 *
 * Each bit of a word stands for one place of the prepared sequence. Walking along the other sequence, a bit of `column` is 0
 * where the length grows by one. With `matched = column & matches`, the next column is
 * `(column + matched) | (column & ~matched)`. A number that the prepared sequence lacks changes nothing and is left out of
 * the walk. A longer sequence takes several words; each walks the whole other sequence and leaves the carries of its
 * additions to the next.
 *
 * @see Hyyrö, "Bit-Parallel LCS-length Computation Revisited", AWOCA 2004; Crochemore, Iliopoulos, Pinzon and Reid, "A
 *   fast and practical bit-vector algorithm for the longest common subsequence problem", IPL 80(6), 2001.
 */
export class SubsequenceMeter {
  #sequence: Uint32Array = new Uint32Array();
  #words = 0;
  /** By number: which of the distinct numbers of the sequence it is, from 1; zero for a number that is not in it. */
  #identities = new Uint32Array(1024);
  /** By identity, then word: the places within the word that hold this number. */
  #matches = new Uint32Array(1024);
  /** The identities of what is walked along. */
  #walk = new Uint32Array(1024);
  #carries = new Uint8Array(1024);

  /** Sets the sequence that the following calls of {@link measure} compare with. */
  prepare(sequence: Uint32Array): void {
    for (const number of this.#sequence) this.#identities[number] = 0;
    this.#sequence = sequence;
    this.#words = Math.ceil(sequence.length / wordBits);
    this.#reserve();
    this.#matches.fill(0, 0, (sequence.length + 1) * this.#words);
    let distinct = 0;
    for (const [place, number] of sequence.entries()) {
      if (this.#identities[number] === 0) this.#identities[number] = ++distinct;
      const cell = (this.#identities[number] as number) * this.#words + Math.floor(place / wordBits);
      this.#matches[cell] = (this.#matches[cell] as number) | (1 << (place % wordBits));
    }
  }

  /** The length of the longest common subsequence with `numbers[start]` up to, not including, `numbers[end]`. */
  measure(numbers: Uint32Array, start = 0, end = numbers.length): number {
    if (end - start > this.#walk.length) {
      this.#walk = new Uint32Array(2 * (end - start));
      this.#carries = new Uint8Array(2 * (end - start));
    }
    const steps = this.#findWalk(numbers, start, end);
    if (this.#words <= 1) return this.#walkOneWord(steps);
    this.#carries.fill(0, 0, steps);
    let length = 0;
    for (let word = 0; word < this.#words; word++) length += this.#walkWord(word, steps);
    return length;
  }

  #reserve(): void {
    let largest = 0;
    for (const number of this.#sequence) if (number > largest) largest = number;
    if (largest >= this.#identities.length) this.#identities = new Uint32Array(2 * (largest + 1));
    const cells = (this.#sequence.length + 1) * this.#words;
    if (cells > this.#matches.length) this.#matches = new Uint32Array(2 * cells);
  }

  #findWalk(numbers: Uint32Array, start: number, end: number): number {
    const identities = this.#identities;
    const known = identities.length;
    const walk = this.#walk;
    let steps = 0;
    for (let index = start; index < end; index++) {
      const number = numbers[index] as number;
      const identity = number < known ? (identities[number] as number) : 0;
      if (identity !== 0) walk[steps++] = identity;
    }
    return steps;
  }

  #walkOneWord(steps: number): number {
    const matches = this.#matches;
    const walk = this.#walk;
    let column = -1;
    for (let step = 0; step < steps; step++) {
      const matched = column & (matches[walk[step] as number] as number);
      column = (column + matched) | (column & ~matched);
    }
    return countOnes(~column);
  }

  #walkWord(word: number, steps: number): number {
    const matches = this.#matches;
    const walk = this.#walk;
    const carries = this.#carries;
    const words = this.#words;
    let column = 0xffffffff;
    for (let step = 0; step < steps; step++) {
      const matched = (column & (matches[(walk[step] as number) * words + word] as number)) >>> 0;
      const sum = column + matched + (carries[step] as number);
      carries[step] = sum > 0xffffffff ? 1 : 0;
      column = (sum | (column & ~matched)) >>> 0;
    }
    return countOnes(~column);
  }
}
