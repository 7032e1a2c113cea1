import { FlatTable } from './flat-table.js';
import { decompressLz4Frame } from './lz4-frame.js';

/** How the buffers of a batch are compressed, by Arrow's numbers. */
const codecs: readonly (() => Promise<Decompress>)[] = [
  () => Promise.resolve(decompressLz4Frame),
  () => import('hyparquet-compressors').then(({ compressors }) => compressors.ZSTD as Decompress),
];

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/** A message: what describes it, and its buffers. */
export interface MessageParts {
  readonly metadata: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * A message as it would be without compression: the buffers one after the other, and the description that says so.
 *
 * @param parts whose metadata are changed in place.
 * @param findBatch gives the description of the batch in that of the message.
 */
export async function decompressMessage(
  { metadata, body }: MessageParts,
  findBatch: (message: FlatTable) => FlatTable | undefined,
): Promise<MessageParts> {
  const message = FlatTable.root(metadata);
  const batch = findBatch(message);
  const compression = batch?.table(3);
  if (batch === undefined || compression === undefined) return { metadata, body };
  const decompress = await codecs[compression.int8(0)]?.();
  if (decompress === undefined) throw new TypeError('it is compressed in a way that is not known');
  const places = batch.pairs(2);
  const buffers = places.map((place) => decompressBuffer(body, place.read(), decompress));
  const whole = new Uint8Array(buffers.reduce((sum, { length }) => sum + align(length), 0));
  let start = 0;
  for (const [index, buffer] of buffers.entries()) {
    whole.set(buffer, start);
    places[index]?.write(start, buffer.length);
    start += align(buffer.length);
  }
  batch.remove(3);
  message.setInt64(3, whole.length);
  return { metadata, body: whole };
}

function decompressBuffer(
  body: Uint8Array,
  [offset, length]: readonly [number, number],
  decompress: Decompress,
): Uint8Array {
  const buffer = body.subarray(offset, offset + length);
  if (buffer.length === 0) return buffer;
  const size = Number(new DataView(buffer.buffer, buffer.byteOffset).getBigInt64(0, true));
  const content = buffer.subarray(8);
  // What would only get larger stays as it is.
  if (size === -1) return content;
  const decompressed = size === 0 ? new Uint8Array(0) : decompress(content, size);
  if (decompressed.length !== size) throw new RangeError(`a buffer of ${size} bytes came to ${decompressed.length}`);
  return decompressed;
}

/** Where numbers of 64 bits may begin. */
function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
