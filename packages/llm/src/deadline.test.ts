import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { DeadlineError, withDeadline } from './deadline.js';

const forever = () => new Promise<never>(() => {});

describe('withDeadline', () => {
  it('ends work that takes too long, and tells it so', async () => {
    let told: AbortSignal | undefined;
    const work = ({ signal }: { signal: AbortSignal }) => {
      told = signal;
      return forever();
    };
    const signal = new AbortController().signal;
    await expect(withDeadline({ limitMs: 5, signal }, work)).rejects.toBeInstanceOf(DeadlineError);
    expect(told?.aborted).toBe(true);
  });

  it('ends at once with the reason of the signal, even when the work does not heed it', async () => {
    const controller = new AbortController();
    const running = withDeadline({ limitMs: 60_000, signal: controller.signal }, forever);
    const reason = new Error('stop');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('gives the reason of the signal rather than the error that the work makes of it', async () => {
    const controller = new AbortController();
    const work = ({ signal }: { signal: AbortSignal }) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('the SDK was aborted')));
      });
    const running = withDeadline({ limitMs: 60_000, signal: controller.signal }, work);
    controller.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
  });

  it('asks again how long the work may take when that time seems to be up', async () => {
    const { signal } = new AbortController();
    let asked = 0;
    const limitMs = () => (++asked < 3 ? asked * 5 : 12);
    await expect(withDeadline({ limitMs, signal }, forever)).rejects.toMatchObject({ limitMs: 12 });
    expect(asked).toBeGreaterThan(2);
  });

  it('tells listeners why it gives up, also those who come too late, and none that has gone', async () => {
    const controller = new AbortController();
    const told: unknown[] = [];
    let late: (() => void) | undefined;
    const running = withDeadline({ limitMs: 60_000, signal: controller.signal }, (work) => {
      work.whenGivenUp(() => told.push('gone'))();
      work.whenGivenUp((reason) => told.push(reason.message));
      late = () => void work.whenGivenUp((reason) => told.push(`late: ${reason.message}`));
      return forever();
    });
    controller.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
    late?.();
    expect(told).toEqual(['stop', 'late: stop']);
  });

  it('listens to the signal once, however often it is used', async () => {
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count++)
      await withDeadline({ limitMs: 1000, signal }, () => Promise.resolve(count));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });
});
