import { decompressMessage, type MessageParts } from './arrow-compression.js';
import type { ByteCursor } from './byte-cursor.js';
import { FlatTable } from './flat-table.js';

/** One message of Arrow's stream: the schema, values of a dictionary, or a batch of records. */
export interface ArrowMessage {
  readonly kind: 'schema' | 'dictionary' | 'records';
  /** Rows of a batch of records. */
  readonly rowCount: number;
  /** Of a dictionary: which one, and whether the values are added to those before. */
  readonly dictionary: { readonly id: number; readonly isDelta: boolean };
  /** The message without compression, its body behind it at a place where numbers of 64 bits may be. */
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
}

const magic = 'ARROW1';
const continuation = 0xff_ff_ff_ff;
const kinds = [undefined, 'schema', 'dictionary', 'records'] as const;

/**
 * Reads Arrow's messages one after the other, of the format of streams and of that of files, which holds a stream. The body of a
 * message that is not asked for is passed over.
 *
 * @throws RangeError, TypeError for what is none of the two formats, or is cut off.
 */
export async function* readArrowMessages(cursor: ByteCursor): AsyncGenerator<ArrowMessage> {
  if (cursor.left < 8) throw new TypeError('it is too short');
  let head = await cursor.read(8);
  const isFile = readText(head).startsWith(magic);
  if (isFile) head = await cursor.read(8);
  for (;;) {
    const start = await readStart(head, cursor);
    if (start === undefined) return;
    const { metadata } = start;
    const message = FlatTable.root(metadata);
    const bodyBytes = message.int64(3);
    if (bodyBytes < 0) throw new RangeError('a message has a negative length');
    let body: Promise<Uint8Array> | undefined;
    yield describe(message, async () => {
      body ??= cursor.read(bodyBytes);
      return frame(await decompressMessage({ metadata, body: await body }, findBatch));
    });
    if (body === undefined) cursor.skip(bodyBytes);
    else await body;
    if (cursor.left === 0 && !isFile) return;
    head = await cursor.read(Math.min(8, cursor.left));
    if (head.length < 8) head = endOf(head);
  }
}

/** What describes the next message; undefined at the end of the stream. */
async function readStart(head: Uint8Array, cursor: ByteCursor): Promise<{ metadata: Uint8Array } | undefined> {
  const view = new DataView(head.buffer, head.byteOffset);
  const isCurrent = view.getUint32(0, true) === continuation;
  const length = view.getInt32(isCurrent ? 4 : 0, true);
  if (length === 0) return undefined;
  if (length < 0 || length > cursor.left + 4) throw new RangeError('it is cut off, or is no Arrow file');
  if (isCurrent) return { metadata: await cursor.read(length) };
  // Before version 0.15 the length stood alone.
  const rest = await cursor.read(length - 4);
  return { metadata: Buffer.concat([head.subarray(4), rest]) };
}

/** A stream may end with four bytes of nothing. */
function endOf(head: Uint8Array): Uint8Array<ArrayBuffer> {
  if (head.length !== 4 || head.some((byte) => byte !== 0)) throw new RangeError('the file is cut off');
  return new Uint8Array(8);
}

function describe(message: FlatTable, bytes: ArrowMessage['bytes']): ArrowMessage {
  const kind = kinds[message.int8(1)];
  const header = message.table(2);
  if (kind === undefined || header === undefined) throw new TypeError('it holds a message that is no part of a table');
  return {
    kind,
    rowCount: kind === 'records' ? header.int64(0) : 0,
    dictionary: {
      id: kind === 'dictionary' ? header.int64(0) : 0,
      isDelta: kind === 'dictionary' && header.int8(2) !== 0,
    },
    bytes,
  };
}

/** What describes the buffers of a message, where it has any. */
function findBatch(message: FlatTable): FlatTable | undefined {
  const header = message.table(2);
  const kind = kinds[message.int8(1)];
  if (kind === 'records') return header;
  return kind === 'dictionary' ? header?.table(1) : undefined;
}

/** A message in one piece, with the places of its body in multiples of 8. */
function frame({ metadata, body }: MessageParts): Uint8Array<ArrayBuffer> {
  const padded = Math.ceil(metadata.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, continuation, true);
  view.setUint32(4, padded, true);
  bytes.set(metadata, 8);
  bytes.set(body, 8 + padded);
  return bytes;
}

function readText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
