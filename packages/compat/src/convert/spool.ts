import { open, rm, type FileHandle } from 'node:fs/promises';

/** Where a value stands in the file of a {@link Spool}. */
export interface SpoolPlace {
  readonly offset: number;
  readonly length: number;
}

/** Values that wait on disk until it is their turn, so that what is in memory does not grow with them. */
export class Spool<T> implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #end = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens an empty one; its file is removed when it is disposed. */
  static async open<T>(path: string): Promise<Spool<T>> {
    return new Spool<T>(path, await open(path, 'w+'));
  }

  async add(value: T): Promise<SpoolPlace> {
    const bytes = Buffer.from(JSON.stringify(value));
    const place = { offset: this.#end, length: bytes.length };
    await this.#file.appendFile(bytes);
    this.#end += bytes.length;
    return place;
  }

  async read({ offset, length }: SpoolPlace): Promise<T> {
    const { buffer } = await this.#file.read(Buffer.alloc(length), 0, length, offset);
    return JSON.parse(buffer.toString('utf8')) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}
