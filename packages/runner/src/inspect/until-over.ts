import type { Activity } from '../engine/activity.js';

/**
 * Waits for work whose calls may be held back or never be answered.
 *
 * @param options.onQuiet nothing can move: lets something go on, or gives up by giving false.
 * @returns undefined when it was given up.
 * @throws the reason of the signal, once that fires.
 */
export async function untilOver<T>(
  work: Promise<T>,
  { activity, onQuiet, signal }: { activity: Activity; onQuiet: () => boolean; signal: AbortSignal },
): Promise<T | undefined> {
  const state = { isOver: false };
  const over = work.finally(() => {
    state.isOver = true;
  });
  // Given up, it may still throw.
  over.catch(() => {});
  while (!state.isOver) {
    await Promise.race([over, activity.whenQuiet(signal)]);
    signal.throwIfAborted();
    if (!state.isOver && !onQuiet()) return undefined;
  }
  return over;
}
