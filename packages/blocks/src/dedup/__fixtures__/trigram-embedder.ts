import { EmbeddingProvider, ProviderError, Type, packEmbedding, unpackEmbedding } from '@dgt/core';
import type { BlockContext, EmbeddingResult, EmbeddingRow, Json, TProperties } from '@dgt/core';

/** Counts of runs of three letters, by their hash: texts with the same words have close embeddings. */
export function embedTrigrams(text: string, dimensions = 96): number[] {
  const counts = Array.from({ length: dimensions }, () => 0);
  const padded = `  ${text.toLowerCase().normalize('NFC')}  `;
  for (let start = 0; start + 3 <= padded.length; start++) {
    let hash = 7;
    for (let index = start; index < start + 3; index++) hash = Math.imul(hash ^ padded.charCodeAt(index), 0x01000193);
    const place = (hash ^ (hash >>> 15)) >>> 0;
    counts[place % dimensions] = (counts[place % dimensions] as number) + (place % 7 < 5 ? 1 : -1);
  }
  return counts;
}

/** A block that embeds by {@link embedTrigrams}, through the lane as a real one does; refuses texts with "unspeakable". */
export class TrigramEmbedder extends EmbeddingProvider {
  static override readonly inputFields: TProperties = { input: Type.String() };
  /** What it was asked for, in the order of the calls. */
  readonly embedded: string[] = [];
  prepared: Json | undefined;
  closed = false;

  override get definition(): Json {
    return { type: 'trigrams', dimensions: 96 };
  }

  override get callLimit(): number {
    return 5;
  }

  override async prepare({ pinned }: { readonly pinned: Json | undefined }): Promise<void> {
    this.prepared = pinned ?? 'nothing';
  }

  override async close(): Promise<void> {
    this.closed = true;
  }

  override async process({ input }: EmbeddingRow, { lane }: BlockContext): Promise<EmbeddingResult> {
    const execute = async () => {
      this.embedded.push(input);
      if (!input.includes('unspeakable')) return packEmbedding(embedTrigrams(input));
      const details = { provider: 'trigrams', endpoint: 'here', status: 400, reason: 'no' };
      throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details);
    };
    return { embedding: unpackEmbedding(await lane.call({ label: this.name, request: input, execute })) };
  }
}
