/** How long a call may wait for its turn, and when that turn is. */
export interface TurnOptions {
  /** Orders calls that wait: the smaller is older and goes first. */
  readonly age: number;
  readonly signal: AbortSignal;
}

interface Waiting<Sequence> {
  readonly age: number;
  take(sequence: Sequence): void;
}

/** A fixed number of sequences, each of which serves one call at a time. */
export class SequencePool<Sequence> {
  readonly #free: Sequence[];
  readonly #waiting: Waiting<Sequence>[] = [];

  constructor(sequences: readonly Sequence[]) {
    this.#free = [...sequences];
  }

  /** Works with a sequence that nobody else has meanwhile, and gives it back whatever happens. */
  async use<T>(work: (sequence: Sequence) => Promise<T>, options: TurnOptions): Promise<T> {
    const sequence = await this.#take(options);
    try {
      return await work(sequence);
    } finally {
      this.#giveBack(sequence);
    }
  }

  async #take({ age, signal }: TurnOptions): Promise<Sequence> {
    signal.throwIfAborted();
    const free = this.#free.pop();
    if (free !== undefined) return free;
    return new Promise((resolve, reject) => {
      const waiting: Waiting<Sequence> = {
        age,
        take: (sequence) => {
          signal.removeEventListener('abort', onAbort);
          resolve(sequence);
        },
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#enqueue(waiting);
    });
  }

  #enqueue(waiting: Waiting<Sequence>): void {
    const later = this.#waiting.findIndex(({ age }) => age > waiting.age);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, waiting);
  }

  #giveBack(sequence: Sequence): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(sequence);
    else next.take(sequence);
  }
}
