import { createReadStream } from 'node:fs';

/** Bytes that rows are read from: a file, or standard input. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string;
  /** The bytes from the start. */
  open(): AsyncIterable<Uint8Array | string>;
}

/** The bytes of a file. */
export function fileBytes(file: string, name = file): ByteSource {
  return { name, open: () => createReadStream(file, { highWaterMark: 1 << 18 }) };
}
