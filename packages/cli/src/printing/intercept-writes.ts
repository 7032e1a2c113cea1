import { StringDecoder } from 'node:string_decoder';
import type { OutputStream } from '../command-context.js';

type Callback = (error?: Error | null) => void;

/**
 * Leads everything that is written to a stream elsewhere, `console.log` of a builder included.
 *
 * @returns a function that ends it; of two interceptions of one stream, the later ends first.
 */
export function interceptWrites(stream: OutputStream, onText: (text: string) => void): () => void {
  const decoder = new StringDecoder('utf8');
  const own = Object.getOwnPropertyDescriptor(stream, 'write');
  const write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Callback, callback?: Callback): boolean => {
    onText(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)));
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
  Object.defineProperty(stream, 'write', { value: write, configurable: true, writable: true });
  return () => {
    if (own === undefined) delete (stream as { write?: unknown }).write;
    else Object.defineProperty(stream, 'write', own);
  };
}
