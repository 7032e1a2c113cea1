import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequencePool } from './sequence-pool.js';

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function openWork() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => (sequence: string) =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.set(name, () => resolve(`${name} in ${sequence}`));
    });
  return { started, work, end: (name: string) => ends.get(name)?.() };
}

describe('SequencePool', () => {
  it('serves as many calls at once as it has sequences, and the oldest of those that wait first', async () => {
    const pool = new SequencePool(['a']);
    const { started, work, end } = openWork();
    const first = pool.use(work('first'), { age: 1, signal: never });
    const younger = pool.use(work('younger'), { age: 9, signal: never });
    const older = pool.use(work('older'), { age: 2, signal: never });
    await Promise.resolve();
    expect(started).toEqual(['first']);
    end('first');
    expect(await first).toBe('first in a');
    await Promise.resolve();
    expect(started).toEqual(['first', 'older']);
    end('older');
    await older;
    await Promise.resolve();
    end('younger');
    expect(await younger).toBe('younger in a');
  });

  it('gives a sequence back when the work fails', async () => {
    const pool = new SequencePool(['a']);
    const failing = () => Promise.reject(new Error('decode failed'));
    await expect(pool.use(failing, { age: 0, signal: never })).rejects.toThrow('decode failed');
    await expect(pool.use((sequence) => Promise.resolve(sequence), { age: 1, signal: never })).resolves.toBe('a');
  });

  it('lets a waiting call go with the reason of its signal', async () => {
    const pool = new SequencePool(['a']);
    const { work, end } = openWork();
    const running = pool.use(work('running'), { age: 0, signal: never });
    const controller = new AbortController();
    const waiting = pool.use(work('waiting'), { age: 1, signal: controller.signal });
    const next = pool.use((sequence) => Promise.resolve(sequence), { age: 2, signal: never });
    await Promise.resolve();
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    end('running');
    await running;
    await expect(next).resolves.toBe('a');
  });

  it('never lends a sequence to two calls, and loses none', async () => {
    const callsOf = fc.array(fc.record({ turns: fc.nat(4), abort: fc.boolean(), fail: fc.boolean() }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), callsOf, async (size, calls) => {
        const names = Array.from({ length: size }, (_, index) => `s${index}`);
        const pool = new SequencePool(names);
        const lent = new Set<string>();
        const serve = calls.map(async ({ turns, abort, fail }, age) => {
          const controller = new AbortController();
          const served = pool.use(
            async (sequence) => {
              expect(lent.has(sequence)).toBe(false);
              lent.add(sequence);
              for (let turn = 0; turn < turns; turn++) await Promise.resolve();
              lent.delete(sequence);
              if (fail) throw new Error('failed');
            },
            { age, signal: controller.signal },
          );
          if (abort) controller.abort(new Error('cancelled'));
          await served.catch((error: Error) => expect(['failed', 'cancelled']).toContain(error.message));
        });
        await Promise.all(serve);
        const taken: string[] = [];
        const take = (sequence: string) => Promise.resolve(void taken.push(sequence)).then(() => new Promise(() => {}));
        for (const age of names.keys()) void pool.use(take, { age, signal: never });
        await Promise.resolve();
        await Promise.resolve();
        expect(taken.sort()).toEqual(names);
      }),
    );
  });
});
