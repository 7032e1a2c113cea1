import type { Row } from '@dgt/core';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { TemporaryLedger } from '../__fixtures__/temporary-ledger.js';
import { InputFeed } from './input-feed.js';
import type { InputSource } from './input-source.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A source that makes its rows as they are read, and knows which of them are still held. */
function createSource(count: number) {
  const made: WeakRef<Row>[] = [];
  const source: InputSource = {
    // oxlint-disable-next-line require-await -- a source may wait
    async *read() {
      for (let id = 0; id < count; id++) {
        const row = { id, text: `row ${id}` };
        made.push(new WeakRef(row));
        yield row;
      }
    },
    fingerprint: () => Promise.resolve(undefined),
    count: () => Promise.resolve(count),
  };
  return { source, countHeld: () => made.filter((row) => row.deref() !== undefined).length };
}

const options = { size: 1, uniqueKey: undefined };

describe('InputFeed', () => {
  it('holds on to no unit that it has handed out', async () => {
    using place = new TemporaryLedger();
    const { source, countHeld } = createSource(1000);
    const feed = new InputFeed(source, place.ledger, options, new AbortController().signal);
    let read = 0;
    while ((await feed.next()) !== undefined) read++;
    expect(read).toBe(1000);
    // A turn of the event loop, since what a promise has just given is held until then.
    await new Promise(setImmediate);
    collectGarbage();
    expect(countHeld()).toBeLessThan(10);
  });

  it('gives up a wait for a source that gives nothing, with the reason of the signal', async () => {
    using place = new TemporaryLedger();
    const ending = new AbortController();
    const source: InputSource = {
      read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
      fingerprint: () => Promise.resolve(undefined),
      count: () => Promise.resolve(undefined),
    };
    const feed = new InputFeed(source, place.ledger, options, ending.signal);
    const waits = [feed.next(), feed.next()];
    const reason = new Error('the run is ending');
    ending.abort(reason);
    for (const wait of waits) await expect(wait).rejects.toBe(reason);
  });
});
