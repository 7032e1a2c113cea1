import { chooseEdges, type Bin } from './histogram.js';

/** Values that are all kept; of more only how many lie where. */
const mostKept = 1 << 16;

/** How far a quantile of more values may be off, as a share of the value. */
const accuracy = 0.01;

const growth = Math.log((1 + accuracy) / (1 - accuracy));

/** What all of the values are known to be. */
interface Range {
  readonly min: number;
  readonly max: number;
  /** Whether all are whole numbers: then what a sketch rounded becomes one again. */
  readonly isWhole: boolean;
}

/**
 * Quantiles and a histogram of numbers. Up to 65,536 values they are exact. Beyond, values are counted in buckets that grow
 * by a constant factor, so that memory is bounded and no quantile is off by more than 1 % of itself.
 *
 * @see Masson, Rim, Lee: DDSketch, VLDB 2019
 */
export class Quantiles {
  #kept: Float64Array | undefined = new Float64Array(256);
  #count = 0;
  #zeros = 0;
  readonly #positive = new Map<number, number>();
  readonly #negative = new Map<number, number>();

  add(value: number): void {
    if (this.#kept === undefined) this.#addToBucket(value);
    else if (this.#count === mostKept) {
      for (const kept of this.#kept) this.#addToBucket(kept);
      this.#kept = undefined;
      this.#addToBucket(value);
    } else {
      if (this.#count === this.#kept.length) {
        const larger = new Float64Array(2 * this.#count);
        larger.set(this.#kept);
        this.#kept = larger;
      }
      this.#kept[this.#count] = value;
    }
    this.#count++;
  }

  /** Whether nothing was rounded. */
  get isExact(): boolean {
    return this.#kept !== undefined;
  }

  /** The values below which these shares of all values lie; between two values in proportion, as NumPy has it. */
  read(shares: readonly number[], range: Range): number[] {
    if (this.#kept !== undefined) {
      const sorted = this.#kept.slice(0, this.#count).sort();
      return shares.map((share) => interpolate(sorted, share * (sorted.length - 1)));
    }
    const weighed = [...this.#weigh()];
    return shares.map((share) => {
      let left = Math.floor(share * (this.#count - 1)) + 1;
      const found = weighed.find(([, count]) => (left -= count) <= 0);
      return settle(found?.[0] ?? range.max, range);
    });
  }

  /** How many values lie in each of at most so many bins of equal width. */
  histogram(most: number, range: Range): Bin[] {
    const { start, width, count } = chooseEdges(most, range);
    const counts = new Float64Array(count);
    for (const [value, weight] of this.#weigh()) {
      const index = Math.min(count - 1, Math.floor((settle(value, range) - start) / width + 1e-9));
      counts[index] = (counts[index] ?? 0) + weight;
    }
    const edge = (index: number) => Number((start + index * width).toPrecision(12));
    return [...counts].map((held, index) => ({ from: edge(index), to: edge(index + 1), count: held }));
  }

  /** Values with how often they occur; of a sketch the middle of each bucket, in rising order. */
  *#weigh(): Generator<[value: number, count: number]> {
    if (this.#kept !== undefined) {
      for (const value of this.#kept.subarray(0, this.#count)) yield [value, 1];
      return;
    }
    const indexes = (buckets: ReadonlyMap<number, number>) => [...buckets].sort(([a], [b]) => a - b);
    for (const [index, count] of indexes(this.#negative).reverse()) yield [-middleOf(index), count];
    if (this.#zeros > 0) yield [0, this.#zeros];
    for (const [index, count] of indexes(this.#positive)) yield [middleOf(index), count];
  }

  #addToBucket(value: number): void {
    if (value === 0) {
      this.#zeros++;
      return;
    }
    const buckets = value > 0 ? this.#positive : this.#negative;
    const index = Math.ceil(Math.log(Math.abs(value)) / growth);
    buckets.set(index, (buckets.get(index) ?? 0) + 1);
  }
}

function interpolate(sorted: Float64Array, place: number): number {
  const [low = 0, high = low] = sorted.subarray(Math.floor(place), Math.floor(place) + 2);
  return low + (high - low) * (place - Math.floor(place));
}

/** The value that is at most 1 % off any of its bucket. */
function middleOf(index: number): number {
  return (2 * Math.exp(index * growth)) / (Math.exp(growth) + 1);
}

function settle(value: number, { min, max, isWhole }: Range): number {
  return Math.min(max, Math.max(min, isWhole ? Math.round(value) : value));
}
