import { CandidateTable } from './candidate-table.js';
import { HolderLists } from './holder-lists.js';
import { SubsequenceMeter } from './longest-common-subsequence.js';
import { PackedSequences } from './packed-sequences.js';
import { getRunLength, listRuns, scoreCommon, scoreRouge, type RougeMeasure, type RougeType } from './rouge-score.js';
import type { Closest } from './text-memory.js';

/** A text in the numbers of one {@link RougeIndex}. */
export interface Passage {
  /** Its tokens, in order. */
  readonly tokens: Uint32Array;
  /** What the index finds it by, none twice. */
  readonly units: Uint32Array;
}

/**
 * Remembers texts and finds the one that a further text repeats most. Its answers are those of {@link scoreRouge} against
 * every text; only the texts that share enough to matter are compared.
 *
 * A text is taken as a set of *units*: its runs of tokens or, for the longest common subsequence, its tokens, the second
 * `the` apart from the first. Two texts have at most as much in common as they share units, so a text of `m` units that
 * reaches the floor shares at least `k(m)` of `n` units; hence at least one of any `n - k(m) + 1`. The units are looked up
 * from the one with the fewest holders on, each only among the texts of those sizes for which it is one of them.
 *
 * @see Chaudhuri, Ganti and Kaushik, "A Primitive Operator for Similarity Joins in Data Cleaning", ICDE 2006, for the
 *   bound; Xiao et al., "Efficient Similarity Joins for Near Duplicate Detection", WWW 2008, for sizes. Here the order of
 *   the units is chosen anew for each text, because every unit of every text is listed.
 */
export class RougeIndex {
  readonly #measure: RougeMeasure;
  readonly #unitType: RougeType;
  readonly #numbers = new Map<string, number>();
  readonly #sequences = new PackedSequences();
  readonly #candidates = new CandidateTable();
  readonly #holders = new HolderLists((entry) => this.#candidates.sizeOf(entry));
  #largestSize = 0;
  readonly #meter = new SubsequenceMeter();

  constructor(measure: RougeMeasure) {
    this.#measure = measure;
    // The shortest unit: texts that share none of it share none of the longer ones either, and score 0.
    this.#unitType = unitTypes.find((type) => measure.types.includes(type)) ?? 'lcs';
  }

  /** Reads a text for {@link findClosest} and {@link add}. */
  read(tokens: readonly string[]): Passage {
    const type = this.#unitType;
    const units = type === 'lcs' ? numberRepeats(tokens) : [...listRuns(tokens, getRunLength(type))];
    return { tokens: this.#number(tokens), units: this.#number(units) };
  }

  add({ tokens, units }: Passage): void {
    const entry = this.#candidates.length;
    this.#candidates.append(units);
    this.#sequences.append(tokens);
    for (const unit of units) this.#holders.add(unit, entry);
    if (units.length > this.#largestSize) this.#largestSize = units.length;
  }

  /**
   * The entry with the highest score, the first added of several, if its score reaches `floor`. A lower floor costs more;
   * at 0 there is an answer as soon as anything is remembered.
   */
  findClosest(passage: Passage, floor: number): Closest | undefined {
    const units = this.#sortByRarity(passage.units);
    this.#meter.prepare(passage.tokens);
    this.#candidates.prepare(passage.units);
    let best: Closest | undefined;
    for (const step of floor > 0 ? [floor] : stepsToZero) {
      best = this.#compareFound(passage, this.#lookUp(units, step), step, best);
      this.#candidates.forget();
      if (best !== undefined && best.score >= step) break;
    }
    if (floor <= 0 && this.#candidates.length > 0) return best ?? { entry: 0, score: 0 };
    return best !== undefined && best.score >= floor ? best : undefined;
  }

  #sortByRarity(units: Uint32Array): Float64Array {
    // One number for both, so that sorting calls no function.
    const keys = Float64Array.from(units, (unit) => this.#holders.count(unit) * rarityStep + unit);
    return keys.sort().map((key) => key % rarityStep);
  }

  /**
   * Counts for each entry that can reach the floor how many of the units looked up it holds. Gives, for each of those
   * units, up to which size of an entry it was looked up.
   */
  #lookUp(units: ArrayLike<number>, floor: number): number[] {
    const least = this.#findLeastSize(units.length, floor);
    const limits: number[] = [];
    let most = this.#largestSize;
    for (let position = 0; position < units.length; position++) {
      // An entry that holds none of the units before shares at most the rest.
      while (most >= least && this.#bound(units.length - position, units.length, most) < floor) most--;
      if (most < least) break;
      limits.push(most);
      this.#holders.visit(at(units, position), least, most, (entries) => this.#candidates.count(entries, least, most));
    }
    return limits;
  }

  /** How many units an entry has at least that reaches the floor. */
  #findLeastSize(size: number, floor: number): number {
    let least = 1;
    while (least < size && this.#bound(least, size, least) < floor) least++;
    return least;
  }

  /** The best of `bestSoFar` and the found entries that can reach the floor. */
  #compareFound(
    passage: Passage,
    limits: readonly number[],
    floor: number,
    bestSoFar: Closest | undefined,
  ): Closest | undefined {
    const size = passage.units.length;
    const candidates = this.#candidates;
    let best = bestSoFar;
    for (const entry of candidates.found) {
      const otherSize = candidates.sizeOf(entry);
      const unseen = size - countLookUps(limits, otherSize);
      const counted = this.#bound(Math.min(candidates.countOf(entry) + unseen, otherSize), size, otherSize);
      if (!canMatter(counted, entry, floor, best)) continue;
      const sketched = Math.floor((size + otherSize - candidates.countDifferences(entry)) / 2);
      if (!canMatter(this.#bound(sketched, size, otherSize), entry, floor, best)) continue;
      const score = this.#score(passage, entry);
      if (best === undefined || isBetter(score, entry, best)) best = { entry, score };
    }
    return best;
  }

  /** What the score cannot exceed when this many units are shared; it never falls when more are. */
  #bound(shared: number, size: number, otherSize: number): number {
    const score = scoreCommon(shared, size, otherSize, this.#measure.scoreFunction);
    const types = this.#measure.types.length;
    // The other types score 1 at the most; the last term is for the rounding of their mean.
    return types === 1 ? score : (score + types - 1) / types + 1e-9;
  }

  #score({ tokens }: Passage, entry: number): number {
    const { types, scoreFunction } = this.#measure;
    const start = this.#sequences.startOf(entry);
    const end = this.#sequences.startOf(entry + 1);
    const { numbers } = this.#sequences;
    if (types.length > 1 || types[0] !== 'lcs') return scoreRouge(tokens, numbers.subarray(start, end), this.#measure);
    return scoreCommon(this.#meter.measure(numbers, start, end), tokens.length, end - start, scoreFunction);
  }

  #number(texts: readonly string[]): Uint32Array {
    return Uint32Array.from(texts, (text) => {
      let number = this.#numbers.get(text);
      if (number === undefined) {
        number = this.#numbers.size;
        this.#numbers.set(text, number);
      }
      return number;
    });
  }
}

/**
 * The floors that are tried one after the other when any score counts. Most texts have something close, and to find it
 * takes a fraction of the work of looking at every text that shares a word.
 */
const stepsToZero = [0.8, 0.6, 0.4, 0.2, 0];

/** Above every number of a unit, and so that no product with a number of entries is beyond the safe integers. */
const rarityStep = 2 ** 27;

const unitTypes: readonly RougeType[] = ['lcs', 'n_1', 'n_2', 'n_3'];

/** `a b a` becomes `a`, `b`, `a 2`: no token holds a space, so that nothing else is called `a 2`. */
function numberRepeats(tokens: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return tokens.map((token) => {
    const count = (counts.get(token) ?? 0) + 1;
    counts.set(token, count);
    return count === 1 ? token : `${token} ${count}`;
  });
}

/** How many of the units, whose limits never rise, were looked up among entries of this size. */
function countLookUps(limits: readonly number[], size: number): number {
  let count = limits.length;
  while (count > 0 && at(limits, count - 1) < size) count--;
  return count;
}

function canMatter(bound: number, entry: number, floor: number, best: Closest | undefined): boolean {
  return bound >= floor && (best === undefined || isBetter(bound, entry, best));
}

function isBetter(score: number, entry: number, best: Closest): boolean {
  return score > best.score || (score === best.score && entry < best.entry);
}

function at(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] as number;
}
