import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../ledger/ledger.js';
import { readAcceptedRange } from './final-rows.js';
import { writeSink, type Sink, type Written } from './sink.js';

/** What a {@link ChunkedOutput} is made from. */
export interface ChunkedOutputOptions {
  readonly ledger: Ledger;
  readonly folder: string;
  /** Attempts whose rows a chunk holds. */
  readonly size: number;
  /** The sink of a chunk, by its place among all chunks of this output, from 0. */
  readonly openChunk: (index: number) => Sink;
}

/**
 * Writes the rows of a dataset to a file for each so many inputs: whole and for good as soon as all of these are committed,
 * while the run goes on.
 */
export class ChunkedOutput {
  readonly #options: ChunkedOutputOptions;
  #closed = 0;
  #changed = false;
  readonly #files: string[] = [];

  constructor(options: ChunkedOutputOptions) {
    this.#options = options;
  }

  /** Writes the chunks that are full with so many attempts. */
  async follow(committed: number): Promise<void> {
    const { size } = this.#options;
    while ((this.#closed + 1) * size <= committed) await this.#write(this.#closed++, committed);
  }

  /**
   * Writes what is left when the run has ended.
   *
   * @param options.isWhole whether the input has ended too, so that its last chunk is not going to get more rows.
   */
  async finish(committed: number, { isWhole }: { readonly isWhole: boolean }): Promise<Written> {
    await this.follow(committed);
    if (isWhole) {
      const { size } = this.#options;
      const count = Math.ceil(committed / size);
      if (count > this.#closed) await this.#write(this.#closed, committed);
      await this.#removeOthers();
    }
    return { changed: this.#changed, files: this.#files };
  }

  async #write(index: number, committed: number): Promise<void> {
    const { ledger, size, openChunk } = this.#options;
    const first = countBefore(ledger, index * size + 1);
    const last = (index + 1) * size < committed ? countBefore(ledger, (index + 1) * size + 1) : ledger.acceptedCount;
    const written = await writeSink(openChunk(index), ledger, readAcceptedRange(ledger, first, last), {
      mayReplace: true,
    });
    this.#changed ||= written.changed;
    this.#files.push(...written.files);
  }

  /** Files of an input that had more rows, or of a run without chunks. */
  async #removeOthers(): Promise<void> {
    const { folder } = this.#options;
    const kept = new Set(this.#files);
    const found = (await readdir(folder)).filter((name) => /^final_data(-\d{5,})?\.\w+$/.test(name));
    for (const name of found) {
      const file = join(folder, name);
      if (!kept.has(file)) await rm(file);
    }
  }
}

/** How many rows were accepted before an attempt. */
function countBefore(ledger: Ledger, attempt: number): number {
  return ledger.attempt(attempt)?.acceptedBefore ?? ledger.acceptedCount;
}
