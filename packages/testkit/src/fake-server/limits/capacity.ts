/** How many requests the server answers at once, and what becomes of the others. */
export interface CapacityOptions {
  readonly atOnce: number;
  /** `rateLimit` refuses them with 429, `overloaded` with 503 (529 in Anthropic's words). @defaultValue 'queue' */
  readonly whenFull?: 'queue' | 'rateLimit' | 'overloaded';
}

/** Hands out the places of a server, to who came first. */
export class Capacity {
  readonly #queue = new Set<() => void>();
  readonly #countPlaces: () => number;
  #taken = 0;

  /** @param countPlaces how many there are at this moment. */
  constructor(countPlaces: () => number) {
    this.#countPlaces = countPlaces;
  }

  /** Takes a place if one is free and nobody waits for it. */
  tryTake(): boolean {
    if (this.#queue.size > 0 || this.#taken >= this.#countPlaces()) return false;
    this.#taken++;
    return true;
  }

  /** Waits for a place. Calling what `onWait` is given leaves the queue; the promise then never settles. */
  take(onWait: (leave: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.add(resolve);
      onWait(() => this.#queue.delete(resolve));
      this.#serve();
    });
  }

  /** Gives a place back. */
  release(): void {
    this.#taken--;
    this.#serve();
  }

  #serve(): void {
    for (const next of this.#queue) {
      if (this.#taken >= this.#countPlaces()) return;
      this.#queue.delete(next);
      this.#taken++;
      next();
    }
  }
}
