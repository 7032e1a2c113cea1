/** How long embeddings are when nobody says. */
export const defaultEmbeddingSize = 256;

/**
 * An embedding that depends on the text alone, of length 1. Texts that share words and parts of words are near each other, others
 * nearly at right angles: each word and each three letters in a row point in a direction of their own.
 */
export function embedText(text: string, size: number): Float32Array {
  const vector = new Float32Array(size);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    addFeature(vector, `${word} `, 1);
    const padded = `<${word}>`;
    for (let index = 0; index + 3 <= padded.length; index++) addFeature(vector, padded.slice(index, index + 3), 0.4);
  }
  let sum = 0;
  for (const value of vector) sum += value * value;
  // A text without words, or one whose features cancel out, still has a direction.
  if (sum === 0) vector[0] = sum = 1;
  const length = Math.sqrt(sum);
  for (let index = 0; index < size; index++) vector[index] = (vector[index] as number) / length;
  return vector;
}

/** Adds a feature at four places, so that two features that meet at one of them still differ. */
function addFeature(vector: Float32Array, feature: string, weight: number): void {
  let state = 2166136261;
  for (let index = 0; index < feature.length; index++) state = Math.imul(state ^ feature.charCodeAt(index), 16777619);
  for (let place = 0; place < 4; place++) {
    state = Math.imul(state ^ (state >>> 15), 2246822519) ^ place;
    state ^= state >>> 13;
    const index = (state >>> 1) % vector.length;
    vector[index] = (vector[index] as number) + ((state & 1) === 0 ? weight : -weight);
  }
}
