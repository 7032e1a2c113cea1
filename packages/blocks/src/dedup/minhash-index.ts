import { BandTable } from './band-table.js';
import { chooseBanding } from './banding.js';
import { MinHasher } from './min-hasher.js';
import { PackedSequences } from './packed-sequences.js';
import { PrefixIndex } from './prefix-index.js';
import { hashShingles, measureJaccard } from './shingles.js';
import type { Closest, TextMemory } from './text-memory.js';

/** A text, read for a {@link MinhashIndex}. */
export interface ShingledText {
  /** Ascending. */
  readonly shingles: Uint32Array;
  readonly keys: Uint32Array;
}

/** How a {@link MinhashIndex} looks for texts. */
export interface MinhashOptions {
  readonly tokenize: (text: string) => readonly string[];
  /** Texts less alike are not found. */
  readonly threshold: number;
  readonly shingleSize: number;
  readonly permutations: number;
  readonly seed: number;
  /** From how many entries with the same band on they are found by what is rare in them. */
  readonly crowdSize?: number;
}

/** Fewer are compared faster than looked up. */
const defaultCrowdSize = 256;

/**
 * Remembers texts as sets of shingles and finds the one whose Jaccard similarity is highest, among those that share a band
 * of their MinHash signatures. Their similarity is measured on the sets themselves, not estimated: what it finds is right,
 * and some of what lies near the threshold it does not find.
 *
 * Texts made from one template share most of their bands. Those of a band that many share are found through a
 * {@link PrefixIndex} as well, which leaves out what cannot reach the threshold: the decisions are the same.
 */
export class MinhashIndex implements TextMemory<ShingledText> {
  readonly #options: MinhashOptions;
  readonly #hasher: MinHasher;
  readonly #table: BandTable;
  readonly #sets = new PackedSequences();
  readonly #crowd: PrefixIndex;
  /** The entries of {@link #crowd}. */
  readonly #inCrowd = new Set<number>();
  #count = 0;

  constructor(options: MinhashOptions) {
    this.#options = options;
    const banding = chooseBanding(options.threshold, options.permutations);
    this.#hasher = new MinHasher(banding, options.seed);
    this.#table = new BandTable(banding.bands, options.crowdSize ?? defaultCrowdSize);
    this.#crowd = new PrefixIndex(options.threshold, (entry) =>
      this.#sets.numbers.subarray(this.#sets.startOf(entry), this.#sets.startOf(entry + 1)),
    );
  }

  read(text: string): ShingledText {
    const { tokenize, shingleSize } = this.#options;
    const shingles = hashShingles(tokenize(text), shingleSize);
    return { shingles, keys: this.#hasher.listKeys(shingles) };
  }

  add({ shingles, keys }: ShingledText): void {
    this.#sets.append(shingles);
    const entry = this.#count++;
    if (this.#table.add(keys)) this.#addToCrowd([entry]);
  }

  findClosest({ shingles, keys }: ShingledText, floor: number): Closest | undefined {
    if (shingles.length === 0) return undefined;
    const { numbers } = this.#sets;
    const least = Math.max(floor, this.#options.threshold);
    let best: Closest | undefined;
    const compare = (entry: number, isCertain: boolean) => {
      const start = this.#sets.startOf(entry);
      const end = this.#sets.startOf(entry + 1);
      const size = end - start;
      // Sets of such different sizes cannot be so alike.
      if (Math.min(size, shingles.length) / Math.max(size, shingles.length) < least) return;
      const score = measureJaccard(shingles, numbers, start, end);
      if (score < least || (best !== undefined && score < best.score)) return;
      // What is found depends on the texts that were added and never on when a band became crowded.
      if (!isCertain && !this.#table.shares(entry, keys)) return;
      if (best === undefined || score > best.score || entry < best.entry) best = { entry, score };
    };
    const isCrowded = this.#table.visit(
      keys,
      (entry) => compare(entry, true),
      (entries) => this.#addToCrowd(entries),
    );
    if (isCrowded) this.#crowd.visit(shingles, (entry) => compare(entry, false));
    return best;
  }

  #addToCrowd(entries: readonly number[]): void {
    for (const entry of entries) {
      if (this.#inCrowd.has(entry)) continue;
      this.#inCrowd.add(entry);
      this.#crowd.add(entry);
    }
  }
}
