import { createRandom } from '@dgt/core';
import type { FakeRequest } from './fake-request.js';

/**
 * The ways in which a try can fail.
 * - `rateLimit`: 429 with Retry-After · `serverError`: 500 · `reset`: the connection is reset before any answer
 * - `hang`: no answer, ever · `cutBody`: the connection ends amid the body · `brokenJson`: a body that is no JSON
 * - `emptyAnswer`: a well-formed answer with no text and no tokens
 * - `badGateway`: 502 with a page of HTML, as from a proxy · `overloaded`: 503, or 529 in Anthropic's words
 * - `slowDrip`: the right answer, in small pieces over `dripMs` · `refusal`: the model will not answer
 * - `contextLength`: 400, as for a prompt that is too long
 */
export const faultNames = [
  'rateLimit',
  'serverError',
  'reset',
  'hang',
  'cutBody',
  'brokenJson',
  'emptyAnswer',
  'badGateway',
  'overloaded',
  'slowDrip',
  'refusal',
  'contextLength',
] as const;

export type Fault = (typeof faultNames)[number];

/** How often tries fail, and how. */
export interface FaultOptions {
  /** The share of tries that fails in each way. Range of their sum: 0 to 1. */
  readonly rates?: Partial<Record<Fault, number>>;
  /** Another seed, another pattern of faults. @defaultValue 0 */
  readonly seed?: number;
  /** After so many faults a call is answered, so that no call fails for ever by chance. @defaultValue 3 */
  readonly maxPerCall?: number;
  /** What a 429 asks for. @unit seconds @defaultValue 0 */
  readonly retryAfter?: number;
  /** How long a slow drip takes. @unit milliseconds @defaultValue 1000 */
  readonly dripMs?: number;
}

/** The fault of one try: it depends on the seed, the call and the number of the try, never on the time or on other calls. */
export function drawFault(request: FakeRequest, options: FaultOptions): Fault | undefined {
  const { rates, seed = 0, maxPerCall = 3 } = options;
  if (rates === undefined || request.attempt > maxPerCall) return undefined;
  let left = createRandom(`fault/${seed}/${request.identity}/${request.attempt}`).next();
  for (const fault of faultNames) {
    left -= rates[fault] ?? 0;
    if (left < 0) return fault;
  }
  return undefined;
}
