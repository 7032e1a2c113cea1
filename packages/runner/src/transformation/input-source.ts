import type { Json, Row } from '@dgt/core';

/** Where the rows come from that a transformation works on. */
export interface InputSource {
  /** The rows in their order, the first `skip` left out. */
  read(options?: { readonly skip?: number; readonly signal?: AbortSignal }): AsyncIterable<Row>;
  /** Another value when the rows may have changed; undefined when that cannot be told without reading them. */
  fingerprint(): Promise<Json | undefined>;
  /** How many rows there are; undefined when that cannot be told without reading them. */
  count(): Promise<number | undefined>;
}

/** Rows that stand in the task file. */
export function readInlineRows(rows: readonly Row[]): InputSource {
  return {
    async *read({ skip = 0 } = {}) {
      yield* rows.slice(skip);
    },
    fingerprint: () => Promise.resolve(undefined),
    count: () => Promise.resolve(rows.length),
  };
}
