import type { ByteSource } from '../files/byte-source.js';

/** Standard input as a source of rows. */
export function openStandardInput(input: AsyncIterable<Uint8Array | string>, format: string): ByteSource {
  // The ending tells what a reader takes from it, as a file's does: tabs in tsv.
  return { name: `standard input.${format}`, open: () => input };
}
