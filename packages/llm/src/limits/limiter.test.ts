import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../__fixtures__/fake-clock.js';
import { Limiter, type Passage } from './limiter.js';

const never = new AbortController().signal;

function open(slots: number): Limiter {
  return new Limiter({ clock: new FakeClock(), slots });
}

function ask(age: number, task = 'a', signal = never) {
  return { task, age, tokens: 0, signal };
}

function leave(limiter: Limiter, passage: Passage): void {
  limiter.leave(passage, { outcome: 'answered' });
}

/** Fills a limiter of one slot, lets callers wait, and gives the order in which they are served. */
async function serveInOrder(callers: readonly { task: string; age: number }[]): Promise<string[]> {
  const limiter = open(1);
  const first = await limiter.enter(ask(-1, 'first'));
  const served: string[] = [];
  const all = callers.map(async ({ task, age }) => {
    const passage = await limiter.enter(ask(age, task));
    served.push(`${task}${age}`);
    leave(limiter, passage);
  });
  leave(limiter, first);
  await Promise.all(all);
  return served;
}

describe('the slots of a Limiter', () => {
  it('go to the oldest call first, whoever came first', async () => {
    const callers = [5, 3, 9, 1].map((age) => ({ task: 'a', age }));
    expect(await serveInOrder(callers)).toEqual(['a1', 'a3', 'a5', 'a9']);
  });

  it('go to tasks in turn, whose ages say nothing to each other', async () => {
    const old = [1, 2, 3, 4].map((age) => ({ task: 'a', age }));
    const young = [70, 80].map((age) => ({ task: 'b', age }));
    expect(await serveInOrder([...old, ...young])).toEqual(['a1', 'b70', 'a2', 'b80', 'a3', 'a4']);
  });

  it('are never more than there are, and all used while calls wait', async () => {
    const ages = fc.array(fc.integer({ min: 0, max: 50 }));
    await fc.assert(
      fc.asyncProperty(ages, fc.integer({ min: 1, max: 5 }), async (ages, slots) => {
        const limiter = open(slots);
        let most = 0;
        await Promise.all(
          ages.map(async (age) => {
            const passage = await limiter.enter(ask(age));
            most = Math.max(most, limiter.used);
            await Promise.resolve();
            leave(limiter, passage);
          }),
        );
        expect(most).toBe(Math.min(slots, ages.length));
        expect(limiter).toMatchObject({ used: 0, waiting: 0 });
      }),
    );
  });

  it('are given at once, without a promise, while there are some', () => {
    expect(open(1).enter(ask(0))).not.toBeInstanceOf(Promise);
  });

  it('are not waited for by a call that is aborted, and the next one gets the slot', async () => {
    const limiter = open(1);
    const passage = await limiter.enter(ask(0));
    const controller = new AbortController();
    const aborted = limiter.enter(ask(1, 'a', controller.signal));
    const next = limiter.enter(ask(2));
    controller.abort(new Error('stop'));
    await expect(aborted).rejects.toThrow('stop');
    leave(limiter, passage);
    await next;
    expect(limiter).toMatchObject({ used: 1, waiting: 0 });
  });

  it('are refused to a call whose signal is already aborted', () => {
    const signal = AbortSignal.abort(new Error('too late'));
    expect(() => open(1).enter(ask(0, 'a', signal))).toThrow('too late');
  });

  it('count once when they are given back twice', async () => {
    const limiter = open(2);
    const passage = await limiter.enter(ask(0));
    await limiter.enter(ask(0));
    leave(limiter, passage);
    leave(limiter, passage);
    expect(limiter.used).toBe(1);
  });

  it('grow at once and never shrink', async () => {
    const limiter = open(1);
    await limiter.enter(ask(0));
    const waiting = limiter.enter(ask(1));
    limiter.raise(2);
    await waiting;
    expect(limiter.raise(1).capacity).toBe(2);
  });
});
