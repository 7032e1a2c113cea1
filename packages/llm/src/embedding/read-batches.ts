import type { Rows } from '@dgt/core';

/** The rows in batches of one size, the last of which may be smaller. */
export async function* readBatches<R extends object>(
  rows: Rows<R>,
  size: number,
): AsyncGenerator<R[], void, undefined> {
  let batch: R[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
