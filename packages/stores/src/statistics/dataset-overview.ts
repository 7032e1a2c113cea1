import type { Row } from '@dgt/core';
import { isRecord } from '../files/json-value.js';
import { FieldCollector, type FieldOverview } from './field-overview.js';
import { RowDigests } from './row-digests.js';

/** Fields that are described; a dataset whose keys are values has one for each row. */
const mostFields = 200;

/** What is in a dataset, when nobody asks for anything in particular. */
export interface DatasetOverview {
  readonly fields: readonly FieldOverview[];
  /** Whether there are more fields than are described. */
  readonly has_more_fields: boolean;
  readonly duplicates: {
    /** Rows that are written exactly as an earlier one. */
    readonly rows: number;
    /** Rows that could not be compared, after 8,388,608 different ones. */
    readonly unknown: number;
  };
}

/** Gathers what is in the rows of a dataset: objects are followed into their members, lists are values. */
export class OverviewCollector {
  readonly #fields = new Map<string, FieldCollector>();
  readonly #digests = new RowDigests();
  #hasMoreFields = false;
  #duplicates = 0;
  #unknown = 0;

  add(row: Row): void {
    for (const key of Object.keys(row)) this.#addValue(key, row[key]);
    const isRepeated = this.#digests.add(row);
    if (isRepeated === undefined) this.#unknown++;
    else if (isRepeated) this.#duplicates++;
  }

  /** @param rows how many rows there were. */
  report(rows: number): DatasetOverview {
    return {
      fields: [...this.#fields.values()].map((field) => field.report(rows)),
      has_more_fields: this.#hasMoreFields,
      duplicates: { rows: this.#duplicates, unknown: this.#unknown },
    };
  }

  #addValue(path: string, value: unknown): void {
    if (isRecord(value)) {
      const keys = Object.keys(value);
      for (const key of keys) this.#addValue(`${path}.${key}`, value[key]);
      if (keys.length > 0) return;
    }
    let field = this.#fields.get(path);
    if (field === undefined) {
      if (this.#fields.size >= mostFields) {
        this.#hasMoreFields = true;
        return;
      }
      field = new FieldCollector(path);
      this.#fields.set(path, field);
    }
    if (value !== null && value !== undefined) field.add(value);
  }
}
