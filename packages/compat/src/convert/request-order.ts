import { ConfigError } from '@dgt/core';
import type { BatchRequest } from '../openai-batch/batch-request.js';
import type { Sample } from './outcome.js';
import { Spool, type SpoolPlace } from './spool.js';
import type { Tally } from './tally.js';

/**
 * Puts answers in the order of their requests, and the prompts of these before them. Answers wait on disk, so that memory holds an
 * entry of each and no text.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID, when two requests have one id.
 */
export async function* inOrderOf(
  requests: AsyncIterable<BatchRequest>,
  samples: AsyncIterable<Sample>,
  { spoolFile, tally }: { readonly spoolFile: string; readonly tally: Tally },
): AsyncGenerator<Sample> {
  using spool = new Spool<Sample>(spoolFile);
  const places = new Map<string, SpoolPlace>();
  for await (const sample of samples) places.set(sample.id, spool.add(sample));
  const asked = new Set<string>();
  for await (const { id, prompt } of requests) {
    if (asked.has(id)) {
      const problem = 'two requests have this custom_id, so their answers cannot be told apart';
      throw new ConfigError('DGT_DATA_INVALID', { place: id, problem });
    }
    asked.add(id);
    const place = places.get(id);
    if (place !== undefined) yield { ...spool.read(place), prompt };
    else if (!tally.failed.has(id)) tally.missing.push(id);
  }
  for (const id of places.keys()) if (!asked.has(id)) tally.unasked.push(id);
}
