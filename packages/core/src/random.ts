/** A seeded stream of random numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** The next number, from 0 up to but not including 1. */
  next(): number;
  /** A whole number from 0 up to but not including `limit`. */
  integer(limit: number): number;
  /**
   * One item.
   *
   * @throws RangeError when there is none.
   */
  choice<T>(items: readonly T[]): T;
  /**
   * `count` items drawn with replacement, so that one item may come several times.
   *
   * @throws RangeError when there is none to draw from and `count` is above 0.
   */
  choices<T>(items: readonly T[], count: number): T[];
  /** `count` items drawn without replacement, all of them in random order when there are fewer. */
  sample<T>(items: readonly T[], count: number): T[];
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Makes the random stream that belongs to a name, such as a run's seed and a lane.
 *
 * @see sfc32 of PractRand (Chris Doty-Humphrey), seeded by a 128-bit string hash in the manner of cyrb128.
 */
export function createRandom(name: string): Random {
  return new SeededRandom(name);
}

class SeededRandom implements Random {
  readonly #state: Int32Array;

  constructor(name: string) {
    this.#state = hashToState(name);
    for (let round = 0; round < 12; round++) this.next();
  }

  next(): number {
    const state = this.#state;
    const a = state[0] as number;
    const b = state[1] as number;
    const c = state[2] as number;
    const counter = state[3] as number;
    const sum = (a + b + counter) | 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  }

  integer(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('choice: there is nothing to choose from');
    return items[this.integer(items.length)] as T;
  }

  choices<T>(items: readonly T[], count: number): T[] {
    return Array.from({ length: count }, () => this.choice(items));
  }

  sample<T>(items: readonly T[], count: number): T[] {
    const pool = [...items];
    const taken = Math.max(0, Math.min(count, pool.length));
    for (let index = 0; index < taken; index++) {
      const other = index + this.integer(pool.length - index);
      [pool[index], pool[other]] = [pool[other] as T, pool[index] as T];
    }
    return pool.slice(0, taken);
  }

  shuffle<T>(items: readonly T[]): T[] {
    return this.sample(items, items.length);
  }
}

function hashToState(name: string): Int32Array {
  const state = new Int32Array([1779033703, -1150833019, 1013904242, -1521486534]);
  const multipliers = [597399067, -1425107063, -1783587001, -1578923117];
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    for (let word = 0; word < 4; word++) {
      state[word] =
        (state[(word + 1) & 3] as number) ^ Math.imul((state[word] as number) ^ unit, multipliers[word] as number);
    }
  }
  return state;
}
