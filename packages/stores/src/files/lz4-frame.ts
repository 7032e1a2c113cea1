const frameStart = 0x18_4d_22_04;
const skippableStart = 0x18_4d_2a_50;

/**
 * Decompresses the frame format of LZ4, in which Arrow compresses: blocks that may refer to what came in those before.
 *
 * @param length of what comes of it.
 * @throws RangeError, TypeError for what is no such frame. Checksums are not compared.
 */
export function decompressLz4Frame(input: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(length);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  let filled = 0;
  while (at < input.length) {
    const start = view.getUint32(at, true);
    if ((start & 0xff_ff_ff_f0) >>> 0 === skippableStart) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (start !== frameStart) throw new TypeError('it holds no LZ4 frame');
    const flags = view.getUint8(at + 4);
    const hasSize = (flags & 8) !== 0;
    const hasDictionary = (flags & 1) !== 0;
    at += 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
    for (;;) {
      const size = view.getUint32(at, true);
      at += 4;
      if (size === 0) break;
      const block = input.subarray(at, at + (size & 0x7f_ff_ff_ff));
      filled = size >>> 31 === 1 ? copyTo(output, filled, block) : decompressBlock(block, output, filled);
      // Behind a block and behind a frame stands a checksum where the flags say so.
      at += block.length + ((flags & 16) === 0 ? 0 : 4);
    }
    at += (flags & 4) === 0 ? 0 : 4;
  }
  if (filled !== length) throw new RangeError(`${filled} bytes came of a frame that should hold ${length}`);
  return output;
}

/** Sequences of bytes that are new and bytes that came before. @returns how far the output is filled. */
function decompressBlock(block: Uint8Array, output: Uint8Array, start: number): number {
  let filled = start;
  let at = 0;
  const readLength = (first: number): number => {
    let length = first;
    let byte = first === 15 ? 255 : 0;
    while (byte === 255) {
      byte = block[at++] ?? 0;
      length += byte;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const fresh = readLength(token >> 4);
    filled = copyTo(output, filled, block.subarray(at, at + fresh));
    at += fresh;
    // The last sequence has new bytes alone.
    if (at >= block.length) break;
    const back = (block[at] as number) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const end = filled + readLength(token & 15) + 4;
    if (back === 0 || back > filled || end > output.length) throw new RangeError('an LZ4 block refers to no place');
    for (; filled < end; filled++) output[filled] = output[filled - back] as number;
  }
  return filled;
}

function copyTo(output: Uint8Array, start: number, bytes: Uint8Array): number {
  if (start + bytes.length > output.length) throw new RangeError('an LZ4 block holds more than it should');
  output.set(bytes, start);
  return start + bytes.length;
}
