import { FlatTable } from '../files/flat-table.js';

/** A codec, by Arrow's number, and how it writes bytes that it does not make smaller. */
export interface StoringCodec {
  readonly number: number;
  readonly store: (bytes: Uint8Array) => Uint8Array;
}

export const codecs: Readonly<Record<'lz4' | 'zstd', StoringCodec>> = {
  lz4: {
    number: 0,
    // One frame with one block that is stored as it is.
    store: (bytes) =>
      Buffer.concat([u32(0x18_4d_22_04), [0x60, 0x40, 0], u32(2 ** 31 + bytes.length), bytes, u32(0)].map(Buffer.from)),
  },
  zstd: {
    number: 1,
    // One frame of a known size with one block that is stored as it is, and is the last.
    store: (bytes) =>
      Buffer.concat(
        [u32(0xfd_2f_b5_28), [0xa0], u32(bytes.length), u32((bytes.length << 3) | 1).subarray(0, 3), bytes].map(
          Buffer.from,
        ),
      ),
  },
};

/** A stream whose batches of records are as Arrow has them with this codec; every second buffer stays as it is, as it may. */
export function compressStream(stream: Uint8Array, { number, store }: StoringCodec): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const view = new DataView(stream.buffer, stream.byteOffset + at);
    const length = view.getInt32(4, true);
    if (length === 0) return Buffer.concat([...parts, stream.subarray(at)]);
    const metadata = stream.subarray(at + 8, at + 8 + length);
    const message = FlatTable.root(metadata);
    const bodyAt = at + 8 + length;
    const next = bodyAt + message.int64(3);
    const isBatch = message.int8(1) === 3;
    if (isBatch) parts.push(compressBatch(message, stream.subarray(bodyAt, next), { number, store }));
    else parts.push(stream.subarray(at, next));
    at = next;
  }
}

function compressBatch(message: FlatTable, body: Uint8Array, { number, store }: StoringCodec): Uint8Array {
  const batch = message.table(2) as FlatTable;
  const bodies: Uint8Array[] = [];
  let start = 0;
  const places = batch.pairs(2).map((place, index) => {
    const [offset, length] = place.read();
    const bytes = body.subarray(offset, offset + length);
    const isStored = index % 2 === 1;
    const packed = length === 0 ? bytes : Buffer.concat([i64(isStored ? -1 : length), isStored ? bytes : store(bytes)]);
    const padded = new Uint8Array(Math.ceil(packed.length / 8) * 8);
    padded.set(packed);
    bodies.push(padded);
    const written = [start, packed.length] as const;
    start += padded.length;
    return written;
  });
  const nodes = batch.pairs(1).map((node) => node.read());
  const metadata = describeBatch({ rowCount: batch.int64(0), nodes, places, codec: number, bodyLength: start });
  return Buffer.concat([u32(0xff_ff_ff_ff), u32(metadata.length), metadata, ...bodies]);
}

type Pairs = readonly (readonly [number, number])[];

interface BatchDescription {
  readonly rowCount: number;
  readonly nodes: Pairs;
  readonly places: Pairs;
  readonly codec: number;
  readonly bodyLength: number;
}

/** A message of FlatBuffers, laid out by hand: each table behind the list of where its fields are. */
function describeBatch({ rowCount, nodes, places, codec, bodyLength }: BatchDescription): Uint8Array {
  const bytes = new Uint8Array(256 + 16 * (nodes.length + places.length));
  const view = new DataView(bytes.buffer);
  const writeTable = (at: number, vtable: number, size: number, fields: readonly number[]) => {
    for (const [index, value] of [4 + 2 * fields.length, size, ...fields].entries())
      view.setUint16(vtable + 2 * index, value, true);
    view.setInt32(at, at - vtable, true);
  };
  const refer = (at: number, target: number) => view.setUint32(at, target - at, true);
  const writePairs = (at: number, pairs: Pairs) => {
    view.setUint32(at, pairs.length, true);
    for (const [index, value] of pairs.flat().entries()) view.setBigInt64(at + 4 + 8 * index, BigInt(value), true);
  };
  view.setUint32(0, 24, true);
  // The message: version, kind of header, header, length of the body.
  writeTable(24, 8, 24, [4, 6, 8, 16]);
  view.setInt16(28, 4, true);
  view.setUint8(30, 3);
  refer(32, 72);
  view.setBigInt64(40, BigInt(bodyLength), true);
  // The batch: rows, nodes, buffers, compression.
  writeTable(72, 56, 32, [8, 16, 20, 24]);
  view.setBigInt64(80, BigInt(rowCount), true);
  // The compression: its codec.
  writeTable(112, 104, 8, [4]);
  view.setInt8(116, codec);
  refer(96, 112);
  const nodesAt = 124;
  const placesAt = nodesAt + 16 + 16 * nodes.length;
  refer(88, nodesAt);
  writePairs(nodesAt, nodes);
  refer(92, placesAt);
  writePairs(placesAt, places);
  return bytes;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function i64(value: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
}
