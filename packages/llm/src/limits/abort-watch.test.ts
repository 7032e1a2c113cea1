import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { unwatch, watch } from './abort-watch.js';

it('ends all who watch a signal, through one listener, and none who no longer watch', () => {
  const controller = new AbortController();
  const ended: string[] = [];
  const targets = ['a', 'b', 'c'].map((name) => ({ abort: (reason: unknown) => void ended.push(`${name} ${reason}`) }));
  for (const target of targets) watch(controller.signal, target);
  unwatch(controller.signal, targets[1] as never);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  controller.abort('stop');
  expect(ended).toEqual(['a stop', 'c stop']);
});
