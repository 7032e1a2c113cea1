import { createRandom, EmbeddingProvider, type EmbeddingResult } from '@dgt/core';

/** Embeds nothing: the vectors are made beforehand, since a model's time is not what is measured. */
class NoEmbedder extends EmbeddingProvider {
  override process(): EmbeddingResult {
    throw new Error('the vectors are there already');
  }
}

export const embedder = new NoEmbedder();

/**
 * Vectors of 384 numbers around a common direction, as the embeddings of questions about one thing are: two of them have a
 * cosine of about 0.5. Every tenth lies close to an earlier one (0.95). Packed as a gate takes them, a byte a number.
 */
export function makePackedVectors(count: number): string[] {
  const random = createRandom('vectors');
  const draw = () => Array.from({ length: 384 }, () => random.next() + random.next() + random.next() - 1.5);
  const common = draw();
  const vectors: number[][] = [];
  while (vectors.length < count) {
    const isRepetition = vectors.length > 0 && random.next() < 0.1;
    const base = isRepetition ? (vectors[random.integer(vectors.length)] as number[]) : common;
    const weight = isRepetition ? 0.3 : 1;
    vectors.push(draw().map((value, index) => (base[index] as number) + weight * value));
  }
  return vectors.map(pack);
}

function pack(vector: readonly number[]): string {
  const largest = Math.max(...vector.map(Math.abs));
  return Buffer.from(Int8Array.from(vector, (value) => Math.round((value / largest) * 127)).buffer).toString('base64');
}
