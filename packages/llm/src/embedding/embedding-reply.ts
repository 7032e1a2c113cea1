import { packEmbedding } from '@dgt/core';
import { malformedAnswerError, type ErrorScope } from '../providers/http/http-error.js';

/**
 * Packs the embeddings of a reply, which come as numbers or packed already.
 *
 * @throws {@link ProviderError} transient, when they are not one for each text, or none at all.
 */
export function packEmbeddings(given: readonly unknown[] | undefined, count: number, scope: ErrorScope): string[] {
  if (given?.length !== count) {
    throw malformedAnswerError(scope, `the reply has ${given?.length ?? 'no'} embeddings for ${count} texts`);
  }
  return given.map((embedding) => {
    if (typeof embedding === 'string' && embedding !== '') return embedding;
    if (Array.isArray(embedding) && embedding.length > 0) return packEmbedding(embedding as number[]);
    throw malformedAnswerError(scope, 'the reply has an embedding without numbers');
  });
}
