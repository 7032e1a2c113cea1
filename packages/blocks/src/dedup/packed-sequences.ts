/** Sequences of numbers, one behind the other in one block of memory: 4 bytes a number, and no object for each. */
export class PackedSequences {
  #numbers = new Uint32Array(1024);
  readonly #starts = [0];

  /** The block. It is replaced when it grows: take it anew after each {@link append}. */
  get numbers(): Uint32Array {
    return this.#numbers;
  }

  /** Where the sequence begins in the block; it ends where the next one begins. */
  startOf(sequence: number): number {
    return this.#starts[sequence] as number;
  }

  append(sequence: Uint32Array): void {
    const start = this.startOf(this.#starts.length - 1);
    const end = start + sequence.length;
    if (end > this.#numbers.length) {
      const grown = new Uint32Array(2 * end);
      grown.set(this.#numbers.subarray(0, start));
      this.#numbers = grown;
    }
    this.#numbers.set(sequence, start);
    this.#starts.push(end);
  }
}
