/** One of several readers of the same items. */
export interface Copy<T> extends AsyncIterable<T> {
  /** Ends all copies with this error: the reader of this one cannot go on. */
  fail(error: unknown): void;
  /** The reader of this one wants no more; the others go on without it. */
  leave(): void;
}

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets several readers read the same items once, in step: the next item is taken when every reader asks for it, so that
 * nothing piles up, and no reader sees the end while another one may still fail on an item.
 */
export function broadcast<T>(items: Iterable<T> | AsyncIterable<T>, count: number): Copy<T>[] {
  const shared = new SharedItems(items, count);
  return Array.from({ length: count }, () => {
    let isGone = false;
    return {
      fail: (error: unknown) => shared.fail(error),
      leave: () => {
        if (!isGone) shared.removeReader();
        isGone = true;
      },
      [Symbol.asyncIterator]: () => ({ next: () => shared.next() }),
    };
  });
}

class SharedItems<T> {
  readonly #source: Iterator<T> | AsyncIterator<T>;
  #readers: number;
  readonly #waiting: Waiting<T>[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(items: Iterable<T> | AsyncIterable<T>, readers: number) {
    this.#source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    this.#readers = readers;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#advanceWhenAllWait();
    });
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const reader of this.#waiting.splice(0)) reader.reject(this.#failure.error);
    void this.#close();
  }

  removeReader(): void {
    this.#readers--;
    if (this.#readers === 0) void this.#close();
    else this.#advanceWhenAllWait();
  }

  #advanceWhenAllWait(): void {
    if (this.#waiting.length > 0 && this.#waiting.length === this.#readers) void this.#advance();
  }

  async #advance(): Promise<void> {
    try {
      const result = await this.#source.next();
      for (const reader of this.#waiting.splice(0)) reader.resolve(result);
    } catch (error) {
      this.fail(error);
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#source.return?.();
    } catch {
      // The items are no longer wanted; what fails while they are put away changes nothing.
    }
  }
}
