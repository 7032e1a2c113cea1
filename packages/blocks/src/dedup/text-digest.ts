/**
 * Writes the 128-bit hash of a text into `digest`, four words. Of a million different texts two have the same one with a
 * probability of 1e-27.
 *
 * @see MurmurHash3_x86_128 (Austin Appleby, public domain), over the UTF-16 code units of the text, two to a
 *   word and the last words filled up with zeros, so that its values are not those of an implementation over bytes.
 */
export function digestText(text: string, digest: Uint32Array): void {
  const state = digest.fill(0);
  const words = Math.ceil(text.length / 2);
  for (let word = 0; word < words; word++) {
    // Past the end there is NaN, which counts as 0 here.
    const value = text.charCodeAt(2 * word) | (text.charCodeAt(2 * word + 1) << 16);
    mixWord(state, word & 3, value);
    if ((word & 3) === 3) rotateState(state);
  }
  finish(state, text.length);
}

const multipliers = Int32Array.of(0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93);
const rotations = Int32Array.of(15, 16, 17, 18);
const stateRotations = Int32Array.of(19, 17, 15, 13);
const additions = Int32Array.of(0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17);

function mixWord(state: Uint32Array, lane: number, value: number): void {
  const scrambled = rotateLeft(Math.imul(value, multipliers[lane] as number), rotations[lane] as number);
  state[lane] = (state[lane] as number) ^ Math.imul(scrambled, multipliers[(lane + 1) & 3] as number);
}

function rotateState(state: Uint32Array): void {
  for (let lane = 0; lane < 4; lane++) {
    const sum = rotateLeft(state[lane] as number, stateRotations[lane] as number) + (state[(lane + 1) & 3] as number);
    state[lane] = Math.imul(sum, 5) + (additions[lane] as number);
  }
}

function finish(state: Uint32Array, length: number): void {
  for (let lane = 0; lane < 4; lane++) state[lane] = (state[lane] as number) ^ length;
  spread(state);
  for (let lane = 0; lane < 4; lane++) state[lane] = avalanche(state[lane] as number);
  spread(state);
}

function spread(state: Uint32Array): void {
  const sum = (state[0] as number) + (state[1] as number) + (state[2] as number) + (state[3] as number);
  state[0] = sum;
  for (let lane = 1; lane < 4; lane++) state[lane] = (state[lane] as number) + sum;
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
