import { ConfigError } from '@dgt/core';
import type { Closest, TextMemory } from './text-memory.js';
import { multiply, scoreProduct, unpackVector } from './vector-text.js';

/** A vector, read for a {@link VectorIndex}. */
export interface Direction {
  readonly components: Int8Array;
  /** The scalar product with itself; 0 for one without a direction. */
  readonly square: number;
  /** By block of components: the length of the vector behind it. */
  readonly restLengths: Float32Array;
}

/** How many components are multiplied before it is asked whether the others can still matter; a multiple of 4. */
const blockLength = 32;

/**
 * Remembers vectors and finds the one whose direction is closest, by comparing with all of them: a byte a component, and no
 * object for each. Most comparisons end early: what the other components can add is at most the product of their
 * lengths (Cauchy and Schwarz). So the answers are those of comparing every pair, at a fraction of its cost.
 */
export class VectorIndex implements TextMemory<Direction> {
  readonly #block: string;
  /** How many components all vectors have; unknown before the first. */
  #length = 0;
  #blocks = 0;
  #capacity = 1024;
  #count = 0;
  /** By entry, then component. */
  #components = new Int8Array(0);
  /** By entry, then block; see {@link Direction.restLengths}. */
  #restLengths = new Float32Array(0);
  /** By entry; see {@link Direction.square}. */
  #squares = new Float64Array(this.#capacity);

  /** @param block the name of the block, for errors. */
  constructor(block: string) {
    this.#block = block;
  }

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG for a vector of another length than those before. */
  read(packed: string): Direction {
    const components = unpackVector(packed);
    if (components.length > 0) this.#checkLength(components.length);
    return { components, square: multiply(components, components), restLengths: measureRests(components) };
  }

  add({ components, square, restLengths }: Direction): void {
    if (this.#count === this.#capacity) this.#grow();
    const entry = this.#count++;
    this.#squares[entry] = square;
    if (square === 0) return;
    this.#components.set(components, entry * this.#length);
    this.#restLengths.set(restLengths, entry * this.#blocks);
  }

  findClosest(direction: Direction, floor: number): Closest | undefined {
    const { square } = direction;
    if (square === 0) return floor <= 0 && this.#count > 0 ? { entry: 0, score: 0 } : undefined;
    let best: Closest | undefined;
    for (let entry = 0; entry < this.#count; entry++) {
      const otherSquare = this.#squares[entry] as number;
      const needed = Math.max(floor, best?.score ?? 0) * Math.sqrt(square * otherSquare);
      // Less by more than any rounding: products are whole numbers.
      const product = this.#multiply(direction, entry, needed > 0 ? needed * (1 - 1e-6) - 1 : -Infinity);
      if (product === undefined) continue;
      const score = otherSquare === 0 ? 0 : scoreProduct(product, square, otherSquare);
      if (score >= floor && (best === undefined || score > best.score)) best = { entry, score };
    }
    return best;
  }

  /** The scalar product with an entry; undefined as soon as it is known to stay below `least`. */
  #multiply({ components, restLengths }: Direction, entry: number, least: number): number | undefined {
    const length = this.#length;
    const start = entry * length;
    const all = this.#components;
    let product = 0;
    for (let block = 0; block < this.#blocks; block++) {
      const end = Math.min(length, (block + 1) * blockLength);
      product += multiplyPart(components, block * blockLength, end, all, start);
      const rest = (restLengths[block] as number) * (this.#restLengths[entry * this.#blocks + block] as number);
      if (product + rest < least) return undefined;
    }
    return product;
  }

  #checkLength(length: number): void {
    if (this.#length === 0) {
      this.#length = length;
      this.#blocks = Math.ceil(length / blockLength);
      this.#allocate();
    } else if (this.#length !== length) {
      const problems = `the embedding of a text has ${length} numbers, those before have ${this.#length}: is it one model?`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.#block, problems });
    }
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#squares = copyInto(new Float64Array(this.#capacity), this.#squares);
    this.#allocate();
  }

  #allocate(): void {
    this.#components = copyInto(new Int8Array(this.#capacity * this.#length), this.#components);
    this.#restLengths = copyInto(new Float32Array(this.#capacity * this.#blocks), this.#restLengths);
  }
}

function measureRests(components: Int8Array): Float32Array {
  const rests = new Float32Array(Math.ceil(components.length / blockLength));
  let square = 0;
  for (let index = components.length - 1; index >= blockLength; index--) {
    square += (components[index] as number) ** 2;
    if (index % blockLength === 0) rests[index / blockLength - 1] = Math.sqrt(square);
  }
  return rests;
}

/** The scalar product of the components from `from` to `end` with those of a table whose entry begins at `start`. */
function multiplyPart(components: Int8Array, from: number, end: number, table: Int8Array, start: number): number {
  let sum = 0;
  // In whole numbers of 32 bits, which are multiplied without a look at overflow: 4,000 components of a byte stay far below.
  let index = from;
  for (; index + 4 <= end; index += 4) {
    const place = start + index;
    sum =
      (sum +
        Math.imul(components[index] as number, table[place] as number) +
        Math.imul(components[index + 1] as number, table[place + 1] as number) +
        Math.imul(components[index + 2] as number, table[place + 2] as number) +
        Math.imul(components[index + 3] as number, table[place + 3] as number)) |
      0;
  }
  for (; index < end; index++) sum += (components[index] as number) * (table[start + index] as number);
  return sum;
}

function copyInto<T extends Int8Array | Float32Array | Float64Array>(grown: T, numbers: T): T {
  grown.set(numbers);
  return grown;
}
