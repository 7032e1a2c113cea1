import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

/** Where a value stands in the file of a {@link Spool}. */
export interface SpoolPlace {
  readonly offset: number;
  readonly length: number;
}

/** Values are gathered to pieces that are worth a write. @unit bytes */
const pieceBytes = 1 << 20;

/**
 * Values that wait on disk until it is their turn, so that what is in memory does not grow with them. Its file is removed when it is
 * disposed. Reads and writes are synchronous: there are as many as values, and a turn of the event loop for each takes longer than they do.
 */
export class Spool<T> implements Disposable {
  readonly #path: string;
  readonly #file: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w+');
  }

  add(value: T): SpoolPlace {
    const bytes = Buffer.from(JSON.stringify(value));
    const place = { offset: this.#end, length: bytes.length };
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#end += bytes.length;
    if (this.#pendingBytes >= pieceBytes) this.#flush();
    return place;
  }

  read({ offset, length }: SpoolPlace): T {
    if (offset + length > this.#end - this.#pendingBytes) this.#flush();
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) done += readSync(this.#file, bytes, done, length - done, offset + done);
    return JSON.parse(bytes.toString('utf8')) as T;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pending);
    const start = this.#end - bytes.length;
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#file, bytes, done, bytes.length - done, start + done);
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
