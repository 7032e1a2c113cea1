import { SubsequenceMeter } from './longest-common-subsequence.js';
import { PackedSequences } from './packed-sequences.js';
import { getRunLength, listRuns, scoreCommon, scoreRouge, type RougeMeasure, type RougeType } from './rouge-score.js';

/** A text in the numbers of one {@link RougeIndex}. */
export interface Passage {
  /** Its tokens, in order. */
  readonly tokens: Uint32Array;
  /** What the index finds it by, none twice. */
  readonly units: Uint32Array;
}

/** The remembered text that is most like another one. */
export interface Closest {
  /** Its number, in the order of {@link RougeIndex.add} from 0. */
  readonly entry: number;
  readonly score: number;
}

/**
 * Remembers texts and finds the one that a further text repeats most. Its answers are those of {@link scoreRouge} against
 * every text; only the texts that share enough to matter are compared.
 *
 * A text is taken as a set of *units*: its runs of tokens or, for the longest common subsequence, its tokens, the second
 * `the` apart from the first. Two texts have at most as much in common as they share units, so a text that reaches the
 * floor shares at least `k` of `n` units; hence at least one of any `n - k + 1`. Those with the fewest holders are looked up.
 *
 * @see Chaudhuri, Ganti and Kaushik, "A Primitive Operator for Similarity Joins in Data Cleaning", ICDE 2006, for the
 *   bound; here the order of the units is chosen anew for each text, because every unit of every text is listed.
 */
export class RougeIndex {
  readonly #measure: RougeMeasure;
  readonly #unitType: RougeType;
  readonly #numbers = new Map<string, number>();
  /** By number: the entries that hold this unit, ascending; undefined while none does. */
  readonly #holders: (number[] | undefined)[] = [];
  readonly #sequences = new PackedSequences();
  /** By entry: how many units it has. */
  readonly #sizes: number[] = [];
  /** By entry: how many of the units looked up it holds, or {@link compared}; all zero between two searches. */
  readonly #shared: number[] = [];
  /** The entries that hold any of the units looked up; empty between two searches. */
  readonly #found: number[] = [];
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
    const entry = this.#sizes.length;
    for (const unit of units) {
      const holders = this.#holders[unit];
      if (holders === undefined) this.#holders[unit] = [entry];
      else holders.push(entry);
    }
    this.#sequences.append(tokens);
    this.#sizes.push(units.length);
    this.#shared.push(0);
  }

  /**
   * The entry with the highest score, the first added of several, if its score reaches `floor`. A lower floor costs more;
   * at 0 there is an answer as soon as anything is remembered.
   */
  findClosest(passage: Passage, floor: number): Closest | undefined {
    const units = this.#sortByRarity(passage.units);
    this.#meter.prepare(passage.tokens);
    let best: Closest | undefined;
    let seen = 0;
    for (const step of floor > 0 ? [floor] : stepsToZero) {
      const end = units.length - this.#countNeeded(units.length, step) + 1;
      this.#lookUp(units.subarray(seen, end));
      seen = end;
      best = this.#compareFound(passage, units.length - seen, step, best);
      if (best !== undefined && best.score >= step) break;
    }
    for (const entry of this.#found) this.#shared[entry] = 0;
    this.#found.length = 0;
    if (floor <= 0 && this.#sizes.length > 0) return best ?? { entry: 0, score: 0 };
    return best !== undefined && best.score >= floor ? best : undefined;
  }

  #sortByRarity(units: Uint32Array): Uint32Array {
    const countHolders = (unit: number) => this.#holders[unit]?.length ?? 0;
    return units.toSorted((one, other) => countHolders(one) - countHolders(other));
  }

  /** How many of its units a text of this size must share with another one, whatever its size, to reach the floor. */
  #countNeeded(size: number, floor: number): number {
    let needed = 1;
    while (needed <= size && this.#bound(needed, size, needed) < floor) needed++;
    return needed;
  }

  #lookUp(units: Uint32Array): void {
    const shared = this.#shared;
    for (const unit of units) {
      for (const entry of this.#holders[unit] ?? []) {
        const count = at(shared, entry);
        if (count === 0) this.#found.push(entry);
        shared[entry] = count + 1;
      }
    }
  }

  /** The best of `bestSoFar` and the found entries that can reach the floor; `unseen` units have not been looked up. */
  #compareFound(passage: Passage, unseen: number, floor: number, bestSoFar: Closest | undefined): Closest | undefined {
    const size = passage.units.length;
    let best = bestSoFar;
    for (const entry of this.#found) {
      const otherSize = at(this.#sizes, entry);
      const bound = this.#bound(Math.min(at(this.#shared, entry) + unseen, otherSize), size, otherSize);
      if (bound < floor || (best !== undefined && !isBetter(bound, entry, best))) continue;
      this.#shared[entry] = compared;
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
        number = this.#holders.push(undefined) - 1;
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

/** Stands for the number of shared units of an entry that was compared: so low that no bound lets it be compared again. */
const compared = -(2 ** 30);

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

function isBetter(score: number, entry: number, best: Closest): boolean {
  return score > best.score || (score === best.score && entry < best.entry);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] as number;
}
