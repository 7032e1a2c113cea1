/**
 * Works on many items at once and yields the results in the order of the items. At most `ahead` items are started before
 * the oldest result is taken, so that a long source never sits in memory; the first result comes when so many are started
 * or the source has ended. An error is raised at its item's turn, after the results before it.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  ahead: number,
  work: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const started: Promise<R>[] = [];
  let index = 0;
  for await (const item of items) {
    const result = work(item, index++);
    // A later item may fail while an earlier one is awaited; its error is raised at its turn.
    result.catch(() => {});
    started.push(result);
    if (started.length >= ahead) yield await (started.shift() as Promise<R>);
  }
  for (const result of started) yield await result;
}
