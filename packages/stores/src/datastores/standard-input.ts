import { createReadStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../files/byte-source.js';

/**
 * Standard input as a source of rows. It comes once; a copy that is made on the way lets it be read again, since a run that goes
 * on compares its input before it works on it.
 */
export class StandardInput {
  readonly #input: AsyncIterable<Uint8Array | string>;
  #copy: number | undefined;
  #state: 'unread' | 'begun' | 'copied' = 'unread';

  constructor(input: AsyncIterable<Uint8Array | string>) {
    this.#input = input;
  }

  /** Whether all of it can be had: it was not begun, or was read to its end. */
  get isThere(): boolean {
    return this.#state !== 'begun';
  }

  open(format: string): ByteSource {
    // The ending tells what a reader takes from it, as a file's does: tabs in tsv.
    return {
      name: `standard input.${format}`,
      open: () => (this.#state === 'copied' ? this.#readCopy() : this.#read()),
    };
  }

  async *#read(): AsyncGenerator<Uint8Array | string> {
    this.#state = 'begun';
    this.#copy = createCopy();
    for await (const chunk of this.#input) {
      this.#add(chunk);
      yield chunk;
    }
    if (this.#copy !== undefined) this.#state = 'copied';
  }

  #readCopy(): AsyncIterable<Uint8Array> {
    return createReadStream('', { fd: this.#copy as number, start: 0, autoClose: false, highWaterMark: 1 << 18 });
  }

  /** A full disk harms who reads it again, and nobody else. */
  #add(chunk: Uint8Array | string): void {
    if (this.#copy === undefined) return;
    try {
      const bytes = Buffer.from(chunk as Uint8Array);
      for (let written = 0; written < bytes.length;) written += writeSync(this.#copy, bytes, written);
    } catch {
      this.#copy = undefined;
    }
  }
}

/** A file without a name: it is gone with the process, however that ends. */
function createCopy(): number | undefined {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'dgt-stdin-'));
    try {
      return openSync(join(folder, 'rows'), 'wx+');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    return undefined;
  }
}
