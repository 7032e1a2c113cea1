import { isRecord } from '../files/json-value.js';
import { lengthOf } from './field-path.js';
import { NumberSummary, type NumberStatistics } from './number-summary.js';
import { ValueCounts, type Distribution } from './value-counts.js';

/** Different values of a field that are counted. */
const mostValues = 1000;

/** The most frequent values that a report has. */
const shownValues = 20;

/** What a value is, in words. */
export type ValueKind = 'text' | 'whole number' | 'number' | 'true or false' | 'list' | 'object';

/** What the values of one field are, over all rows. */
export interface FieldOverview {
  /** Its keys with dots between them. */
  readonly path: string;
  /** How many values are of each kind. */
  readonly kinds: Readonly<Partial<Record<ValueKind, number>>>;
  /** Rows with a value that is not empty. */
  readonly filled: number;
  /** Rows with an empty text, list or object. */
  readonly empty: number;
  /** Rows without the field, and rows where it is null. */
  readonly missing: number;
  /** Of numbers. */
  readonly numbers?: NumberStatistics;
  /** Of texts in characters, of lists in items; empty ones are not in it. */
  readonly lengths?: NumberStatistics;
  readonly distribution: Distribution;
}

/** Gathers what the values of one field are. */
export class FieldCollector {
  readonly path: string;
  readonly #kinds = new Map<ValueKind, number>();
  readonly #numbers = new NumberSummary();
  readonly #lengths = new NumberSummary();
  readonly #values = new ValueCounts(mostValues);
  #filled = 0;
  #empty = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** @param value neither null nor undefined. */
  add(value: unknown): void {
    const kind = kindOf(value);
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    this.#values.add(value);
    const length = lengthOf(value);
    if (length === 0 || (isRecord(value) && Object.keys(value).length === 0)) {
      this.#empty++;
      return;
    }
    this.#filled++;
    if (length !== undefined) this.#lengths.add(length);
    if (typeof value === 'number') this.#numbers.add(value);
  }

  /** @param rows how many rows there were. */
  report(rows: number): FieldOverview {
    const [numbers, lengths] = [this.#numbers.report(), this.#lengths.report()];
    return {
      path: this.path,
      kinds: Object.fromEntries(this.#kinds),
      filled: this.#filled,
      empty: this.#empty,
      missing: rows - this.#filled - this.#empty,
      ...(numbers !== undefined && { numbers }),
      ...(lengths !== undefined && { lengths }),
      distribution: this.#values.report(shownValues),
    };
  }
}

function kindOf(value: unknown): ValueKind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number') return Number.isInteger(value) ? 'whole number' : 'number';
  return Array.isArray(value) ? 'list' : 'object';
}
