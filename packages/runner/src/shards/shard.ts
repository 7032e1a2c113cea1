import { ConfigError } from '@dgt/core';

/** Names one of several parts of an input, counted from 1: `2/8`. */
export interface ShardName {
  readonly number: number;
  readonly of: number;
}

/** Rows in a chunk where the task does not say `records_per_chunk`. */
const defaultChunkRows = 100;

/**
 * Which units of an input belong to one of its parts. The input is cut into chunks of a fixed size, and the chunks are dealt
 * out in turn: whoever knows the size knows the plan, and rows that are appended change nothing of it.
 */
export class Shard implements ShardName {
  readonly number: number;
  readonly of: number;
  /** Units in a chunk. */
  readonly chunk: number;

  constructor(
    { number, of }: ShardName,
    options: { readonly unitSize: number; readonly chunkRows?: number | undefined },
  ) {
    this.number = number;
    this.of = of;
    this.chunk = Math.max(1, Math.ceil((options.chunkRows ?? defaultChunkRows) / options.unitSize));
  }

  /** Whether the unit at a place of the input, from 1, is worked on here. */
  has(position: number): boolean {
    return Math.floor((position - 1) / this.chunk) % this.of === this.number - 1;
  }

  /** The place in the input of the unit that an attempt of this part works on. */
  positionOf(attempt: number): number {
    const turn = Math.floor((attempt - 1) / this.chunk);
    return (turn * this.of + this.number - 1) * this.chunk + ((attempt - 1) % this.chunk) + 1;
  }

  /** How many of so many units of the input are worked on here. */
  count(units: number): number {
    const round = this.chunk * this.of;
    const rest = (units % round) - (this.number - 1) * this.chunk;
    return Math.floor(units / round) * this.chunk + Math.min(this.chunk, Math.max(0, rest));
  }
}

/**
 * Reads `2/8`.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID
 */
export function parseShard(text: string): ShardName {
  const [, number = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= of && of <= largestCount) return { number, of };
  const expected = `a part and their count, from 1/N to N/N, such as 2/8 (at most ${largestCount} parts)`;
  throw new ConfigError('DGT_OPTION_INVALID', { option: '--shard', expected, value: JSON.stringify(text) });
}

const largestCount = 10_000;
