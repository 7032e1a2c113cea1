/** Raised by {@link withDeadline} when the time is up. */
export class DeadlineError extends Error {
  /** The time that was given. @unit milliseconds */
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`no answer within ${limitMs / 1000} s`);
    this.name = 'DeadlineError';
    this.limitMs = limitMs;
  }
}

// setTimeout fires at once for anything above.
const longestTimerMs = 2 ** 31 - 1;

/**
 * Does work that must end in time. The work is given a signal of its own and is no longer waited for once that is aborted,
 * so that work which does not heed it cannot hold up the run.
 *
 * @throws the reason of `signal` when that is aborted, {@link DeadlineError} when the time is up.
 */
export async function withDeadline<T>(
  options: { readonly limitMs: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { limitMs, signal } = options;
  signal.throwIfAborted();
  // Not AbortSignal.any: it holds on to every try for as long as the run's signal lives.
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const ended = new Promise<never>((_resolve, reject) => {
      const end = (reason: unknown) => {
        // In this order: the reason counts, not the error that the work makes of its aborted signal.
        reject(reason as Error);
        controller.abort(reason);
      };
      onAbort = () => end(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      timer = setTimeout(() => end(new DeadlineError(limitMs)), Math.min(limitMs, longestTimerMs));
    });
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
