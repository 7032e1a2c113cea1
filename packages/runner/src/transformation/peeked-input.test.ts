import type { Row } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import type { InputSource } from './input-source.js';
import { PeekedInput } from './peeked-input.js';

/** A source of three rows that says how often it was read, and what it was asked for last. */
function createSource(rows: (Row | Error)[] = [{ n: 1 }, { n: 2 }, { n: 3 }]) {
  const asked: { skip?: number; signal?: AbortSignal }[] = [];
  let closed = 0;
  const source: InputSource = {
    async *read(options = {}) {
      asked.push(options);
      try {
        for (const row of rows.slice(options.skip ?? 0)) {
          if (row instanceof Error) throw row;
          yield row;
        }
      } finally {
        closed++;
      }
    },
    fingerprint: () => Promise.resolve('same'),
    count: () => Promise.resolve(rows.length),
  };
  return { input: new PeekedInput(source), asked, closed: () => closed };
}

async function readAll(rows: AsyncIterable<Row>): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const { n } of rows) read.push(n);
  return read;
}

describe('an input that was looked at', () => {
  it('gives all rows, and takes them from its source once', async () => {
    const { input, asked } = createSource();
    expect([await input.peek(1), await input.peek(0), await input.peek(3)]).toEqual([{ n: 2 }, { n: 1 }, undefined]);
    expect(await readAll(input.read())).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(1);
    expect(await readAll(input.read())).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(2);
  });

  it('is read anew where rows are left out, or where it was never looked at', async () => {
    const { input, asked, closed } = createSource();
    await input.peek(0);
    expect(await readAll(input.read({ skip: 2 }))).toEqual([3]);
    expect(asked.at(-1)).toMatchObject({ skip: 2 });
    expect([asked.length, closed()]).toEqual([2, 2]);
  });

  it('throws what its source throws when it comes to it', async () => {
    const { input } = createSource([{ n: 1 }, new Error('line 2')]);
    await expect(input.peek(1)).rejects.toThrow('line 2');
    const rows = input.read();
    expect((await rows.next()).value).toEqual({ n: 1 });
    await expect(rows.next()).rejects.toThrow('line 2');
  });

  it('hands on the signal of who reads, and closes its source', async () => {
    const { input, asked, closed } = createSource();
    await input.peek(0);
    const reading = new AbortController();
    const rows = input.read({ signal: reading.signal });
    await rows.next();
    reading.abort();
    expect(asked[0]?.signal?.aborted).toBe(true);
    await rows.return(undefined);
    expect(closed()).toBe(1);
    const other = createSource();
    await other.input.peek(0);
    other.input.close();
    await expect.poll(other.closed).toBe(1);
  });
});
