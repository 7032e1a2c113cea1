/** A plain record as blocks see it. */
export type Row = Record<string, unknown>;

/** Rows that a block is given: a list, or anything that yields them. */
export type Rows<R extends object> = Iterable<R> | AsyncIterable<R>;

/** Rows that a block gives back, in the order of its input: iterate over them, or take them all as a list. */
export class RowStream<R> implements AsyncIterable<R> {
  readonly #source: AsyncIterable<R>;

  constructor(source: AsyncIterable<R>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<R> {
    return this.#source[Symbol.asyncIterator]();
  }

  /** All rows, once the last is done. */
  async toArray(): Promise<R[]> {
    const rows: R[] = [];
    for await (const row of this.#source) rows.push(row);
    return rows;
  }
}
