import { digestText } from './text-digest.js';
import type { Closest, TextMemory } from './text-memory.js';

/**
 * Remembers texts by their digests alone and finds an equal one: 20 bytes a slot, 30 to 60 a text, however long it is.
 *
 * Open addressing over typed arrays: no object for a text, and no limit of 16 million as a Map has.
 */
export class EqualTexts implements TextMemory<string> {
  readonly #normalize: (text: string) => string;
  /** By slot: an entry, plus 1; zero while free. A power of two, at most two thirds of it taken. */
  #slots = new Uint32Array(1024);
  /** By slot: the digest of its entry. */
  #digests = new Uint32Array(4 * 1024);
  #taken = 0;
  #entries = 0;
  readonly #digest = new Uint32Array(4);

  /** @param normalize texts that it makes the same are equal. */
  constructor(normalize: (text: string) => string) {
    this.#normalize = normalize;
  }

  read(text: string): string {
    return this.#normalize(text);
  }

  add(text: string): void {
    const entry = this.#entries++;
    digestText(text, this.#digest);
    const slot = this.#findSlot(this.#digest);
    // The first of several equal texts is the one that is found.
    if (this.#slots[slot] !== 0) return;
    this.#slots[slot] = entry + 1;
    this.#digests.set(this.#digest, 4 * slot);
    if (++this.#taken * 3 > this.#slots.length * 2) this.#grow();
  }

  findClosest(text: string): Closest | undefined {
    digestText(text, this.#digest);
    const taken = this.#slots[this.#findSlot(this.#digest)] as number;
    return taken === 0 ? undefined : { entry: taken - 1, score: 1 };
  }

  /** The slot that has the digest, or the free one where it belongs. */
  #findSlot(digest: Uint32Array): number {
    const slots = this.#slots;
    const digests = this.#digests;
    const last = slots.length - 1;
    let slot = (digest[0] as number) & last;
    while (slots[slot] !== 0) {
      const start = 4 * slot;
      if (
        digests[start] === digest[0] &&
        digests[start + 1] === digest[1] &&
        digests[start + 2] === digest[2] &&
        digests[start + 3] === digest[3]
      ) {
        break;
      }
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #grow(): void {
    const slots = this.#slots;
    const digests = this.#digests;
    this.#slots = new Uint32Array(2 * slots.length);
    this.#digests = new Uint32Array(2 * digests.length);
    for (const [slot, taken] of slots.entries()) {
      if (taken === 0) continue;
      const digest = digests.subarray(4 * slot, 4 * slot + 4);
      const place = this.#findSlot(digest);
      this.#slots[place] = taken;
      this.#digests.set(digest, 4 * place);
    }
  }
}
