import { createRandom } from '@dgt/core';
import type { Banding } from './banding.js';

/**
 * Makes the band keys of sets of 32-bit numbers: for each of many permutations of all numbers the least member, and of each
 * band of those minima one hash. Two sets have the same minimum under a random permutation with the probability of
 * their Jaccard similarity.
 *
 * A permutation is a multiplication by an odd number after an exclusive or, which is enough for members that are hashes.
 *
 * @see Broder, "On the resemblance and containment of documents", Compression and Complexity of Sequences 1997.
 */
export class MinHasher {
  readonly #banding: Banding;
  readonly #masks: Uint32Array;
  readonly #factors: Uint32Array;

  constructor(banding: Banding, seed: number) {
    this.#banding = banding;
    const random = createRandom(`minhash/${seed}`);
    const draw = () => random.integer(2 ** 32);
    const count = banding.bands * banding.rows;
    this.#masks = Uint32Array.from({ length: count }, draw);
    this.#factors = Uint32Array.from({ length: count }, () => (draw() | 1) >>> 0);
  }

  /** One key for each band. */
  listKeys(members: Uint32Array): Uint32Array {
    const { bands, rows } = this.#banding;
    const keys = new Uint32Array(bands);
    for (let band = 0; band < bands; band++) {
      let key = 0;
      for (let permutation = band * rows; permutation < (band + 1) * rows; permutation++) {
        key = Math.imul(key ^ this.#findLeast(members, permutation), 0x9e3779b1);
        key ^= key >>> 15;
      }
      keys[band] = key;
    }
    return keys;
  }

  #findLeast(members: Uint32Array, permutation: number): number {
    const mask = this.#masks[permutation] as number;
    const factor = this.#factors[permutation] as number;
    // Which order of the images is used does not matter; that of signed numbers is the fastest.
    let least = 0x7fffffff;
    for (let index = 0; index < members.length; index++) {
      const image = Math.imul((members[index] as number) ^ mask, factor);
      if (image < least) least = image;
    }
    return least;
  }
}
