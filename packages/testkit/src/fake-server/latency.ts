import { createRandom } from '@dgt/core';
import type { FakeRequest } from './fake-request.js';

/**
 * How long an answer takes: always the same, in milliseconds, or spread as those of real servers are, with many near the
 * median and a few far slower (log-normal; `sigma` 0.5 puts one in a hundred at 3 times the median, 1 at 10 times).
 */
export type Latency = number | { readonly medianMs: number; readonly sigma: number; readonly seed?: number };

/** How long this try takes; the same for the same try. @unit milliseconds */
export function drawLatencyMs(request: FakeRequest, latency: Latency): number {
  if (typeof latency === 'number') return latency;
  const { medianMs, sigma, seed = 0 } = latency;
  const random = createRandom(`latency/${seed}/${request.identity}/${request.attempt}`);
  // Box-Muller; 1 - next() is never 0.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return medianMs * Math.exp(sigma * normal);
}
