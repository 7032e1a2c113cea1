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
  /** By entry: how many units it shares with the text looked for; all zero between two searches. */
  readonly #shared: number[] = [];
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
    const nothingShared = floor <= 0 && this.#sizes.length > 0 ? { entry: 0, score: 0 } : undefined;
    const lookups = this.#chooseLookups(passage.units, floor);
    const found = this.#countShared(lookups);
    const unseen = passage.units.length - lookups.length;
    const closest = this.#pickClosest(passage, { found, unseen, floor }) ?? nothingShared;
    for (let index = 0; index < found; index++) this.#shared[at(this.#found, index)] = 0;
    return closest;
  }

  /** The fewest and rarest units, of which every entry that reaches the floor has at least one. */
  #chooseLookups(units: Uint32Array, floor: number): Uint32Array {
    const size = units.length;
    let needed = 1;
    while (needed <= size && this.#bound(needed, size, needed) < floor) needed++;
    const countHolders = (unit: number) => this.#holders[unit]?.length ?? 0;
    return units.toSorted((a, b) => countHolders(a) - countHolders(b)).subarray(0, size - needed + 1);
  }

  /** Lists the entries that hold any of the units in `#found`, counts their units in `#shared`, and returns how many there are. */
  #countShared(units: Uint32Array): number {
    const shared = this.#shared;
    let found = 0;
    for (const unit of units) {
      for (const entry of this.#holders[unit] ?? []) {
        const count = at(shared, entry);
        if (count === 0) this.#found[found++] = entry;
        shared[entry] = count + 1;
      }
    }
    return found;
  }

  #pickClosest(
    passage: Passage,
    { found, unseen, floor }: { found: number; unseen: number; floor: number },
  ): Closest | undefined {
    const size = passage.units.length;
    const boundOf = (entry: number) => {
      const otherSize = at(this.#sizes, entry);
      return this.#bound(Math.min(at(this.#shared, entry) + unseen, otherSize), size, otherSize);
    };
    this.#moveBestBoundToFront(found, boundOf);
    this.#meter.prepare(passage.tokens);
    let best: Closest | undefined;
    for (let index = 0; index < found; index++) {
      const entry = at(this.#found, index);
      const bound = boundOf(entry);
      if (bound < floor || (best !== undefined && !isBetter(bound, entry, best))) continue;
      const score = this.#score(passage, entry);
      if (score >= floor && (best === undefined || isBetter(score, entry, best))) best = { entry, score };
    }
    return best;
  }

  /** A high score found first spares most of the other comparisons. */
  #moveBestBoundToFront(found: number, boundOf: (entry: number) => number): void {
    let front = 0;
    let highest = -1;
    for (let index = 0; index < found; index++) {
      const bound = boundOf(at(this.#found, index));
      if (bound <= highest) continue;
      highest = bound;
      front = index;
    }
    if (found > 0) [this.#found[0], this.#found[front]] = [at(this.#found, front), at(this.#found, 0)];
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
