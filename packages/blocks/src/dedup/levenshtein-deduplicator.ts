import { registerBlock, Type, type Static, type TObject, type TProperties } from '@dgt/core';
import { Deduplicator } from './deduplicator.js';
import { LevenshteinIndex } from './levenshtein-index.js';
import { normalization, normalizeText } from './normalize-text.js';
import type { TextMemory } from './text-memory.js';

const levenshteinConfig = {
  /** A row is a repetition when its highest score is at least this; 0.9: one character in ten may differ. */
  threshold: Type.Number({ minimum: 0, maximum: 1, default: 0.9 }),
  ...normalization,
};

/**
 * Tells rows that are spelled like an earlier one: the score is `1 - distance / length of the longer text`, with the
 * Levenshtein distance in UTF-16 code units (an emoji counts as two or more). It sees typing errors and changed digits, and
 * misses words in another order. See {@link Deduplicator} for what all have in common; texts are normalised first, as
 * {@link normalizeText} says.
 *
 * ```ts
 * const rows = await new LevenshteinDeduplicator({ threshold: 0.9, filter: true }).run([{ input: 'colour' }]).toArray();
 * ```
 *
 * The decisions are those of comparing every pair. Pairs are left out by length and by letters, which is a large part of
 * them and not most: the cost still grows with the square of the rows. Beyond some 100,000 rows take another one.
 *
 * @see Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.
 */
@registerBlock('levenshtein')
export class LevenshteinDeduplicator extends Deduplicator<Static<TObject<typeof levenshteinConfig>>> {
  static override readonly configFields: TProperties = { ...Deduplicator.configFields, ...levenshteinConfig };

  protected override get threshold(): number {
    return this.config.threshold;
  }

  protected override openMemory(): TextMemory {
    return new LevenshteinIndex((text) => normalizeText(text, this.config));
  }
}
