import type { ByteRanges } from './byte-source.js';

/** What is fetched at least, so that small reads do not each ask the disk or the network. */
const windowBytes = 1 << 20;

/** Reads bytes one part after the other, and passes over what is not wanted without fetching it. */
export class ByteCursor {
  readonly #ranges: ByteRanges;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #position = 0;

  constructor(ranges: ByteRanges) {
    this.#ranges = ranges;
  }

  get left(): number {
    return this.#ranges.byteLength - this.#position;
  }

  /**
   * The next bytes, as a copy.
   *
   * @throws RangeError when there are not so many.
   */
  async read(count: number): Promise<Uint8Array<ArrayBuffer>> {
    this.skip(count);
    const start = this.#position - count;
    const windowEnd = this.#windowStart + this.#window.length;
    if (start < this.#windowStart || start + count > windowEnd) {
      const end = Math.min(this.#ranges.byteLength, start + Math.max(count, windowBytes));
      this.#window = new Uint8Array(await this.#ranges.slice(start, end));
      this.#windowStart = start;
    }
    const from = start - this.#windowStart;
    return this.#window.slice(from, from + count) as Uint8Array<ArrayBuffer>;
  }

  /** @throws RangeError when there are not so many bytes. */
  skip(count: number): void {
    if (count > this.left) throw new RangeError('the file is cut off');
    this.#position += count;
  }
}
