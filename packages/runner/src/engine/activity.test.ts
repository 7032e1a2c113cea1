import { describe, expect, it } from 'vitest';
import { Activity } from './activity.js';

/** A piece of work that ends when the test says so. */
function createWork() {
  let end = (_error?: Error) => {};
  const done = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { work: () => done, end: (error?: Error) => end(error) };
}

const forever = new AbortController().signal;

describe('activity', () => {
  it('counts work from its start to its end, also when it fails', async () => {
    const activity = new Activity();
    const [first, second] = [createWork(), createWork()];
    const results = [activity.during(first.work), activity.during(second.work)];
    expect(activity.underWay).toBe(2);
    first.end();
    await results[0];
    expect(activity.underWay).toBe(1);
    second.end(new Error('refused'));
    await expect(results[1]).rejects.toThrow('refused');
    expect(activity.underWay).toBe(0);
  });

  it('gives what the work gives', async () => {
    expect(await new Activity().during(() => Promise.resolve(7))).toBe(7);
  });

  it('is quiet when nothing is under way', async () => {
    await expect(new Activity().whenQuiet(forever)).resolves.toBeUndefined();
  });

  it('is not quiet while work is under way, however long that takes', async () => {
    const activity = new Activity();
    const { work, end } = createWork();
    const done = activity.during(work);
    const order: string[] = [];
    const quiet = activity.whenQuiet(forever).then(() => order.push('quiet'));
    const ended = new Promise((resolve) => setTimeout(resolve, 70)).then(() => {
      order.push('ended');
      end();
    });
    await Promise.all([quiet, ended, done]);
    expect(order).toEqual(['ended', 'quiet']);
  });

  it('is not quiet while something moves again and again', async () => {
    const activity = new Activity();
    const order: string[] = [];
    let moves = 0;
    const timer = setInterval(() => {
      activity.touch();
      if (++moves < 12) return;
      clearInterval(timer);
      order.push('last move');
    }, 5);
    await activity.whenQuiet(forever).then(() => order.push('quiet'));
    expect(order).toEqual(['last move', 'quiet']);
  });

  it('is not waited for any longer when the run is over', async () => {
    const activity = new Activity();
    void activity.during(() => new Promise<never>(() => {}));
    const over = new AbortController();
    const quiet = activity.whenQuiet(over.signal);
    over.abort();
    await expect(quiet).resolves.toBeUndefined();
  });
});
