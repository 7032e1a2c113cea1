import { createRandom } from '@dgt/core';
import type { FakeRequest } from './fake-request.js';

/**
 * How long an answer takes: always the same, in milliseconds, or drawn for each try.
 *
 * - `medianMs`, `sigma`, or `p50Ms`, `p99Ms`: spread as those of real servers are, with many near the median and a few far
 *   slower (log-normal; `sigma` 0.5 puts one in a hundred at 3 times the median, 1 at 10 times).
 * - `minMs`, `maxMs`: evenly between the two.
 * - `constantMs`: always the same, but for the slow ones.
 */
export type Latency = number | (LatencySpread & SlowTries);

export type LatencySpread =
  | { readonly medianMs: number; readonly sigma: number }
  | { readonly p50Ms: number; readonly p99Ms: number }
  | { readonly minMs: number; readonly maxMs: number }
  | { readonly constantMs: number };

export interface SlowTries {
  /** The share of tries that take `slowFactor` times as long. Range: 0 to 1. @defaultValue 0 */
  readonly slowShare?: number;
  /** @defaultValue 10 */
  readonly slowFactor?: number;
  /** Another seed, other draws. @defaultValue 0 */
  readonly seed?: number;
}

/** The 99th percentile of the normal distribution, in standard deviations. */
const z99 = 2.3263478740408408;

/** How long this try takes; the same for the same try. @unit milliseconds */
export function drawLatencyMs(request: Pick<FakeRequest, 'identity' | 'attempt'>, latency: Latency): number {
  if (typeof latency === 'number') return latency;
  const { seed = 0, slowShare = 0, slowFactor = 10 } = latency;
  const random = createRandom(`latency/${seed}/${request.identity}/${request.attempt}`);
  const milliseconds = drawSpread(latency, () => random.next());
  return slowShare > 0 && random.next() < slowShare ? milliseconds * slowFactor : milliseconds;
}

function drawSpread(spread: LatencySpread, next: () => number): number {
  if ('constantMs' in spread) return spread.constantMs;
  if ('minMs' in spread) return spread.minMs + (spread.maxMs - spread.minMs) * next();
  const { medianMs, sigma } =
    'medianMs' in spread ? spread : { medianMs: spread.p50Ms, sigma: Math.log(spread.p99Ms / spread.p50Ms) / z99 };
  // Box-Muller; 1 - next() is never 0.
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return medianMs * Math.exp(sigma * normal);
}
