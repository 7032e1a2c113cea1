import { registerBlock, Type, type Static, type TObject, type TProperties } from '@dgt/core';
import { Deduplicator } from './deduplicator.js';
import { MinhashIndex } from './minhash-index.js';
import type { TextMemory } from './text-memory.js';
import { createTokenizer, tokenizerConfig } from './tokenizer-config.js';

const minhashConfig = {
  /** A row is a repetition when it shares at least this part of all shingles of both texts (Jaccard). */
  threshold: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.8 }),
  /** How many words make a shingle: 1 compares sets of words, more also their order. */
  shingle_size: Type.Integer({ minimum: 1, default: 3 }),
  /** How many minima a signature has at the most: more of them find what is near the threshold with less to compare. */
  permutations: Type.Integer({ minimum: 16, maximum: 4096, default: 128 }),
  /** Chooses the permutations. */
  random_seed: Type.Integer({ minimum: 0, default: 0 }),
  ...tokenizerConfig,
};

/**
 * Tells rows that share most of their shingles (runs of words) with an earlier one, among millions: MinHash signatures,
 * cut into bands by the threshold, say which texts to compare. See {@link Deduplicator} for what all have in common.
 *
 * ```ts
 * const rows = await new MinhashDeduplicator({ threshold: 0.8, filter: true }).run([{ input: 'a b c d' }]).toArray();
 * ```
 *
 * Each pair that is brought together is verified by its exact Jaccard similarity, so no row is rejected wrongly. Of the
 * pairs just at the threshold 95 % or more are found, of equal texts all: a row can be kept that repeats another one. The
 * same seed gives the same decisions. A valid row has no score. A text without words repeats nothing; one of fewer
 * words than a shingle is a single shingle.
 *
 * @see Broder, "On the resemblance and containment of documents", Compression and Complexity of Sequences 1997; Leskovec,
 *   Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.
 */
@registerBlock('minhash')
export class MinhashDeduplicator extends Deduplicator<Static<TObject<typeof minhashConfig>>> {
  static override readonly configFields: TProperties = { ...Deduplicator.configFields, ...minhashConfig };

  protected override get threshold(): number {
    return this.config.threshold;
  }

  protected override openMemory(): TextMemory {
    const { threshold, shingle_size: shingleSize, permutations, random_seed: seed } = this.config;
    return new MinhashIndex({ tokenize: createTokenizer(this.config), threshold, shingleSize, permutations, seed });
  }
}
