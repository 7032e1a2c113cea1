/**
 * The distinct runs of `length` tokens of a text as hashes of 32 bits, ascending. A text of fewer tokens, but some, is one
 * run. Within one text of a thousand runs two share a hash with a probability of 1e-4.
 */
export function hashShingles(tokens: readonly string[], length: number): Uint32Array {
  const words = Uint32Array.from(tokens, hashWord);
  const size = Math.min(length, words.length);
  const count = words.length === 0 ? 0 : words.length - size + 1;
  const shingles = new Uint32Array(count);
  for (let start = 0; start < count; start++) {
    let hash = size;
    for (let index = start; index < start + size; index++) hash = mix(hash ^ (words[index] as number));
    shingles[start] = hash;
  }
  return removeRepeats(shingles.sort());
}

/** The share of all members of two ascending sets that both have; 0 when neither has any. */
export function measureJaccard(one: Uint32Array, other: Uint32Array, start = 0, end = other.length): number {
  let common = 0;
  let place = 0;
  let otherPlace = start;
  while (place < one.length && otherPlace < end) {
    const member = one[place] as number;
    const otherMember = other[otherPlace] as number;
    if (member === otherMember) common++;
    if (member <= otherMember) place++;
    if (otherMember <= member) otherPlace++;
  }
  return common === 0 ? 0 : common / (one.length + (end - start) - common);
}

function removeRepeats(ascending: Uint32Array): Uint32Array {
  let kept = 0;
  for (let index = 0; index < ascending.length; index++) {
    if (index === 0 || ascending[index] !== ascending[index - 1]) ascending[kept++] = ascending[index] as number;
  }
  return ascending.subarray(0, kept);
}

function hashWord(word: string): number {
  let hash = word.length;
  for (let index = 0; index < word.length; index++) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** Every bit of the result depends on every bit of the value: the end of MurmurHash3. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
