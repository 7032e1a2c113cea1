/** Gives a slot back; calling it again does nothing. */
export type Release = () => void;

interface Waiter {
  readonly age: number;
  readonly start: (release: Release) => void;
  cancelled: boolean;
}

/** Hands out a limited number of slots, to the oldest caller first. */
export class SlotLimiter {
  #capacity: number;
  #used = 0;
  /** Sorted by age, the oldest first; callers of one age in the order in which they came. */
  readonly #waiting: Waiter[] = [];

  /** @param capacity how many slots there are. Minimum: 0. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** How many slots are in use. */
  get used(): number {
    return this.#used;
  }

  /** Makes the capacity at least this large. */
  raise(capacity: number): this {
    this.#capacity = Math.max(this.#capacity, capacity);
    this.#startNext();
    return this;
  }

  /**
   * Waits for a slot.
   *
   * @param age the smaller is older and goes first.
   * @throws the signal's reason, when it is aborted before a slot is free.
   */
  acquire(age: number, signal: AbortSignal): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => {
        waiter.cancelled = true;
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        age,
        cancelled: false,
        start: (release) => {
          signal.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.splice(this.#placeOf(age), 0, waiter);
      this.#startNext();
    });
  }

  #startNext(): void {
    while (this.#used < this.#capacity) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      if (waiter.cancelled) continue;
      this.#used++;
      waiter.start(this.#createRelease());
    }
  }

  #createRelease(): Release {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#used--;
      this.#startNext();
    };
  }

  #placeOf(age: number): number {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#waiting[middle] as Waiter).age <= age) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
