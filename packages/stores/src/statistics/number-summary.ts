import type { Bin } from './histogram.js';
import { Quantiles } from './quantiles.js';

/** The shares that a summary has quantiles for. */
export const quantileShares = { p1: 0.01, p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;

/** The most bars of a histogram. */
const mostBins = 20;

/** What many numbers come to. */
export interface NumberStatistics {
  readonly count: number;
  readonly sum: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Of a sample: divided by one less than the count. 0 for a single number. */
  readonly std_dev: number;
  readonly quantiles: Readonly<Record<keyof typeof quantileShares, number>>;
  /** Whether the quantiles and the histogram are exact, or each value is off by at most 1 %. */
  readonly quantiles_are: 'exact' | 'within 1 %';
  readonly histogram: readonly Bin[];
}

/** Summarises numbers one after the other, in memory that does not grow with them. */
export class NumberSummary {
  readonly #quantiles = new Quantiles();
  #count = 0;
  #sum = 0;
  /** What the sum lost by rounding. */
  #rest = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;
  #isWhole = true;

  add(value: number): void {
    this.#count++;
    this.#addToSum(value);
    const distance = value - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#isWhole &&= Number.isInteger(value);
    this.#quantiles.add(value);
  }

  /** Undefined where there was no number. */
  report(): NumberStatistics | undefined {
    if (this.#count === 0) return undefined;
    const range = { min: this.#min, max: this.#max, isWhole: this.#isWhole };
    const names = Object.keys(quantileShares) as (keyof typeof quantileShares)[];
    const read = this.#quantiles.read(Object.values(quantileShares), range);
    const sum = this.#sum + this.#rest;
    return {
      count: this.#count,
      sum,
      mean: sum / this.#count,
      min: this.#min,
      max: this.#max,
      std_dev: this.#count < 2 ? 0 : Math.sqrt(this.#squares / (this.#count - 1)),
      quantiles: Object.fromEntries(names.map((name, index) => [name, read[index]])) as NumberStatistics['quantiles'],
      quantiles_are: this.#quantiles.isExact ? 'exact' : 'within 1 %',
      histogram: this.#quantiles.histogram(mostBins, range),
    };
  }

  /** Keeps what a plain sum of many numbers loses (Neumaier's sum). */
  #addToSum(value: number): void {
    const sum = this.#sum + value;
    this.#rest += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }
}
