import { setMaxListeners } from 'node:events';

/** Something that must end when its signal does. */
export interface Abortable {
  abort(reason: unknown): void;
}

const watches = new WeakMap<AbortSignal, Set<Abortable>>();

/**
 * Ends `target` when the signal is aborted, until {@link unwatch}. All who watch a signal share one listener: thousands of
 * calls watch the one signal of their run, and a listener each would cost more than all else that a call does here.
 */
export function watch(signal: AbortSignal, target: Abortable): void {
  let targets = watches.get(signal);
  if (targets === undefined) {
    targets = new Set();
    watches.set(signal, targets);
    listen(signal, targets);
  }
  targets.add(target);
}

/** Ends a {@link watch}. */
export function unwatch(signal: AbortSignal, target: Abortable): void {
  watches.get(signal)?.delete(target);
}

function listen(signal: AbortSignal, targets: Set<Abortable>): void {
  // Waits of a clock listen to the same signal one by one; Node would warn of a leak at the eleventh.
  setMaxListeners(0, signal);
  signal.addEventListener(
    'abort',
    () => {
      for (const target of targets) target.abort(signal.reason);
      targets.clear();
    },
    { once: true },
  );
}
