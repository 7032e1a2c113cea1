import type { Row } from '@dgt/core';
import type { PipelineRecord } from './records.js';

/** Makes structured data of a response; `row` is what it was asked for. */
export type ExtractFunction = (response: string, row: Row) => unknown;

/** How many rows a notice names. */
const namedRows = 5;

/** Applies a function to recorded responses: whatever it does, no answer is asked for again. */
export class Extraction {
  readonly #extract: ExtractFunction | undefined;
  readonly #empty: number[] = [];
  readonly #thrown: number[] = [];
  #lastReason = '';

  constructor(extract: ExtractFunction | undefined) {
    this.#extract = extract;
  }

  /** The record with what was extracted, or with why the function threw. */
  async apply(record: PipelineRecord, number: number): Promise<PipelineRecord> {
    if (this.#extract === undefined || 'error' in record) return record;
    const { input, response, timestamp, naive_response: known } = record;
    try {
      const extracted = (await this.#extract(response, input)) ?? null;
      if (isEmpty(extracted)) this.#empty.push(number);
      return { ...record, extracted };
    } catch (error) {
      this.#thrown.push(number);
      this.#lastReason = error instanceof Error ? error.message : String(error);
      const message = `the extract function threw: ${this.#lastReason}`;
      const attempts = known.retry_count + 1;
      return { input, error: { code: 'DGT_FUNCTION_THREW', message, status: null, body: null, attempts }, timestamp };
    }
  }

  /** Whether it threw at any response. */
  get hasThrown(): boolean {
    return this.#thrown.length > 0;
  }

  /** What is to be said of it. */
  *notices(): Generator<string> {
    if (this.#empty.length > 0) yield `warning: nothing was extracted from ${nameRows(this.#empty)}`;
    if (this.hasThrown) {
      const rows = nameRows(this.#thrown);
      yield `warning: the extract function threw at ${rows}: ${this.#lastReason}; their responses are recorded, and are not asked for again`;
    }
  }
}

function isEmpty(extracted: unknown): boolean {
  return extracted === null || (Array.isArray(extracted) && extracted.length === 0);
}

function nameRows(numbers: readonly number[]): string {
  const named = numbers.slice(0, namedRows).join(', ');
  const more = numbers.length > namedRows ? ', ...' : '';
  return `${numbers.length} response${numbers.length === 1 ? '' : 's'} (row${numbers.length === 1 ? '' : 's'} ${named}${more})`;
}
