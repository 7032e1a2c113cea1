/** What is done again and again. */
export interface Watch<T> {
  check(): Promise<T>;
  /** Called with what each check found, before the next begins. */
  report(found: T): Promise<void>;
  /** The time between the end of a check and the next; undefined for one check. @unit milliseconds */
  readonly everyMs: number | undefined;
  /** No further check begins. */
  readonly stop: AbortSignal;
  /** Waits; rejects or returns when `stop` fires. */
  sleep(ms: number, stop: AbortSignal): Promise<void>;
}

/** Checks once, or until it is stopped. @returns what the last check found. */
export async function watch<T>({ check, report, everyMs, stop, sleep }: Watch<T>): Promise<T> {
  for (;;) {
    const found = await check();
    await report(found);
    if (everyMs === undefined || stop.aborted) return found;
    await sleep(everyMs, stop).catch(() => {});
    if (stop.aborted) return found;
  }
}
