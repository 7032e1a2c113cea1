import { ConfigError } from '@dgt/core';
import type { Closest, TextMemory } from './text-memory.js';
import { multiply, scoreProduct, unpackVector } from './vector-text.js';

/** A vector, read for a {@link VectorIndex}. */
export interface Direction {
  readonly components: Int8Array;
  /** The scalar product with itself. */
  readonly square: number;
  /** Of the components after the first {@link headLength}. */
  readonly tailSquare: number;
}

/** How many components are looked at first. */
export const headLength = 64;

/**
 * Remembers vectors and finds the one whose direction is closest, by comparing with all of them: a byte a component, and no
 * object for each. Most are told by their first components alone: what the others can add is at most the product of their
 * lengths (Cauchy and Schwarz). So the answers are those of comparing every pair, at a fraction of its cost.
 */
export class VectorIndex implements TextMemory<Direction> {
  readonly #block: string;
  /** How many components all vectors have; unknown before the first. */
  #length = 0;
  #head = 0;
  #capacity = 1024;
  #count = 0;
  /** By entry: the first components, side by side, since most of the cost is fetching them. */
  #heads = new Int8Array(0);
  /** By entry: the other components. */
  #tails = new Int8Array(0);
  /** By entry: {@link Direction.square}; 0 for one without a direction. */
  #squares = new Float64Array(this.#capacity);
  /** By entry: the root of {@link Direction.tailSquare}. */
  #tailLengths = new Float64Array(this.#capacity);

  /** @param block the name of the block, for errors. */
  constructor(block: string) {
    this.#block = block;
  }

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG for a vector of another length than those before. */
  read(packed: string): Direction {
    const components = unpackVector(packed);
    if (components.length > 0) this.#checkLength(components.length);
    const tail = components.subarray(this.#head);
    return { components, square: multiply(components, components), tailSquare: multiply(tail, tail) };
  }

  add({ components, square, tailSquare }: Direction): void {
    if (this.#count === this.#capacity) this.#grow();
    const entry = this.#count++;
    this.#squares[entry] = square;
    this.#tailLengths[entry] = Math.sqrt(tailSquare);
    if (square === 0) return;
    this.#heads.set(components.subarray(0, this.#head), entry * this.#head);
    this.#tails.set(components.subarray(this.#head), entry * (this.#length - this.#head));
  }

  findClosest({ components, square, tailSquare }: Direction, floor: number): Closest | undefined {
    if (square === 0) return floor <= 0 && this.#count > 0 ? { entry: 0, score: 0 } : undefined;
    const tail = components.subarray(this.#head);
    const tailLength = Math.sqrt(tailSquare);
    let best: Closest | undefined;
    for (let entry = 0; entry < this.#count; entry++) {
      const otherSquare = this.#squares[entry] as number;
      const needed = Math.max(floor, best?.score ?? 0) * Math.sqrt(square * otherSquare);
      const product = multiplyAt(components, this.#heads, this.#head, entry);
      // Products are whole numbers, so half of one is more than any rounding. A score is never below 0.
      if (needed > 0 && product + tailLength * (this.#tailLengths[entry] as number) < needed - 0.5) continue;
      const whole = product + multiplyAt(tail, this.#tails, tail.length, entry);
      const score = otherSquare === 0 ? 0 : scoreProduct(whole, square, otherSquare);
      if (score >= floor && (best === undefined || score > best.score)) best = { entry, score };
    }
    return best;
  }

  #checkLength(length: number): void {
    if (this.#length === 0) {
      this.#length = length;
      this.#head = Math.min(headLength, length);
      this.#allocate();
    } else if (this.#length !== length) {
      const problems = `the embedding of a text has ${length} numbers, those before have ${this.#length}: is it one model?`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.#block, problems });
    }
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#squares = copyInto(new Float64Array(this.#capacity), this.#squares);
    this.#tailLengths = copyInto(new Float64Array(this.#capacity), this.#tailLengths);
    this.#allocate();
  }

  #allocate(): void {
    this.#heads = copyInto(new Int8Array(this.#capacity * this.#head), this.#heads);
    this.#tails = copyInto(new Int8Array(this.#capacity * (this.#length - this.#head)), this.#tails);
  }
}

function copyInto<T extends Int8Array | Float64Array>(grown: T, numbers: T): T {
  grown.set(numbers);
  return grown;
}

/** The scalar product with the entry's part of a table whose rows have `length` components. */
function multiplyAt(components: Int8Array, table: Int8Array, length: number, entry: number): number {
  const start = entry * length;
  let sum = 0;
  for (let index = 0; index < length; index++) {
    sum += (components[index] as number) * (table[start + index] as number);
  }
  return sum;
}
