/** Lets attempts through one at a time, in the order of their numbers, whenever they arrive. */
export class Turnstile {
  #next: number;
  readonly #waiting = new Map<number, () => void>();

  constructor(first: number) {
    this.#next = first;
  }

  /** Resolves when every earlier number has passed. */
  wait(number: number): Promise<void> {
    if (number === this.#next) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  /** Lets the next number in. */
  pass(number: number): void {
    this.#next = number + 1;
    this.#waiting.get(this.#next)?.();
    this.#waiting.delete(this.#next);
  }
}
