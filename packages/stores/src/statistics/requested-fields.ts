import { missing, type Row } from '@dgt/core';
import { parseFieldPath, type FieldPath } from './field-path.js';
import { NumberSummary, type NumberStatistics } from './number-summary.js';
import { readNumber } from './numeric-text.js';
import { ValueCounts, type Distribution } from './value-counts.js';

/** Different values of a distribution that are counted. */
const mostValues = 100_000;

/** The numbers at one path. */
export interface RequestedNumbers {
  readonly path: string;
  /** Rows with a number there; a text that is a number counts as one. */
  readonly count: number;
  /** Rows with nothing there, or null. */
  readonly missing: number;
  /** Rows with something else there. */
  readonly not_numbers: number;
  /** Left out where there is no number. */
  readonly numbers?: NumberStatistics;
}

/** How often each value occurs at one path. */
export interface RequestedDistribution extends Distribution {
  readonly path: string;
  /** Rows with a value there. */
  readonly count: number;
  /** Rows with nothing there, or null. */
  readonly missing: number;
}

/** Gathers the numbers at one path. */
export class NumbersAt {
  readonly #path: FieldPath;
  readonly #numbers = new NumberSummary();
  #count = 0;
  #missing = 0;
  #others = 0;

  constructor(path: string) {
    this.#path = parseFieldPath(path);
  }

  add(row: Row): void {
    const value = this.#path.read(row);
    const number = readNumber(value);
    if (value === missing || value === null) this.#missing++;
    else if (number === undefined) this.#others++;
    else {
      this.#count++;
      this.#numbers.add(number);
    }
  }

  report(): RequestedNumbers {
    const numbers = this.#numbers.report();
    return {
      path: this.#path.text,
      count: this.#count,
      missing: this.#missing,
      not_numbers: this.#others,
      ...(numbers !== undefined && { numbers }),
    };
  }
}

/** Gathers how often each value occurs at one path. */
export class ValuesAt {
  readonly #path: FieldPath;
  readonly #values = new ValueCounts(mostValues);
  #count = 0;
  #missing = 0;

  constructor(path: string) {
    this.#path = parseFieldPath(path);
  }

  add(row: Row): void {
    const value = this.#path.read(row);
    if (value === missing || value === null) this.#missing++;
    else {
      this.#count++;
      this.#values.add(value);
    }
  }

  report(): RequestedDistribution {
    return { path: this.#path.text, count: this.#count, missing: this.#missing, ...this.#values.report() };
  }
}
