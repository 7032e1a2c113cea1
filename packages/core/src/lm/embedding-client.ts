import type { CallContext } from '../lane/recorder.js';
import type { Usage } from './answer.js';
import type { Availability } from './client.js';

/** A request for embeddings in its unified form: what the ledger compares. A change of this shape needs a new `version`. */
export type EmbeddingRequest = {
  readonly version: 1;
  readonly provider: string;
  readonly model: string;
  readonly method: 'embedding';
  /** The texts, each of which gets an embedding. */
  readonly input: readonly string[];
  /** The length of the embeddings, for models that can shorten theirs. */
  readonly dimensions?: number;
};

/** The embeddings of a request's texts, in their order. */
export type EmbeddingAnswer = {
  /** Each as the base64 of its 32-bit floats, little-endian: less than half of what digits would take in the ledger. */
  readonly embeddings: readonly string[];
  readonly usage: Usage;
};

/**
 * What a provider of embeddings implements: one model behind one endpoint. As with {@link LMClient}, one request per call, no
 * retries and no limits of its own.
 */
export interface EmbeddingClient {
  /** Where calls go; calls to one endpoint share its limits. */
  readonly endpoint: string;
  readonly model: string;
  /** Tells credentials apart without showing them. */
  readonly credential?: string;
  /** Throws a {@link ProviderError} for every failure of the vendor. */
  embed(request: EmbeddingRequest, context: CallContext): Promise<EmbeddingAnswer>;
  checkAvailability(signal: AbortSignal): Promise<Availability>;
  close(): Promise<void>;
}

/** Packs an embedding as {@link EmbeddingAnswer} holds it. */
export function packEmbedding(embedding: readonly number[]): string {
  const bytes = Buffer.alloc(embedding.length * 4);
  for (const [index, value] of embedding.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}

/** The numbers of a packed embedding. */
export function unpackEmbedding(packed: string): number[] {
  const bytes = Buffer.from(packed, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
