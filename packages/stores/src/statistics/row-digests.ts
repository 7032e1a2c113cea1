import { createHash } from 'node:crypto';

/** Different rows that can be told apart; 128 MB of memory. */
const mostRows = 1 << 23;

/**
 * Finds rows that were there before, by 64 bits of their hash: among a million rows one is taken for another once in 40
 * million datasets.
 */
export class RowDigests {
  #slots = new BigUint64Array(1 << 12);
  #held = 0;

  /** Whether as many different rows were seen as can be told apart: nothing is said of further ones. */
  get isFull(): boolean {
    return this.#held >= mostRows;
  }

  /** Tells whether a row that is written alike was there before; undefined where it cannot be told. */
  add(row: unknown): boolean | undefined {
    // Zero marks a free slot.
    const digest = createHash('sha1').update(JSON.stringify(row)).digest().readBigUInt64LE() | 1n;
    const slot = this.#find(digest);
    if (this.#slots[slot] === digest) return true;
    if (this.isFull) return undefined;
    this.#slots[slot] = digest;
    this.#held++;
    if (2 * this.#held > this.#slots.length) this.#grow();
    return false;
  }

  #find(digest: bigint): number {
    const mask = this.#slots.length - 1;
    let slot = Number(digest >> 32n) & mask;
    while (this.#slots[slot] !== 0n && this.#slots[slot] !== digest) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const held = this.#slots;
    this.#slots = new BigUint64Array(2 * held.length);
    for (const digest of held) if (digest !== 0n) this.#slots[this.#find(digest)] = digest;
  }
}
