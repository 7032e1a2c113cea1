import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Bytes that rows are read from: a file, or standard input. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string;
  /** The bytes from the start. */
  open(): AsyncIterable<Uint8Array | string>;
}

/** Bytes that lie somewhere as a whole: a file of this machine or of a hub. */
export interface StoredBytes extends ByteSource {
  /** Opens them to be read at any place. */
  openRanges(): Promise<ByteRanges>;
}

/** Bytes that are read at any place. */
export interface ByteRanges extends AsyncDisposable {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** The bytes of a file. */
export function fileBytes(file: string, name = file): StoredBytes {
  return {
    name,
    open: () => createReadStream(file, { highWaterMark: 1 << 18 }),
    openRanges: () => openFileRanges(file),
  };
}

async function openFileRanges(file: string): Promise<ByteRanges> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    return {
      byteLength: size,
      async slice(start, end = size) {
        const bytes = new Uint8Array(Math.max(0, end - start));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) throw new Error('the file is cut off');
          filled += bytesRead;
        }
        return bytes.buffer;
      },
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
