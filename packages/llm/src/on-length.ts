import { ConfigError, ProviderError } from '@dgt/core';
import type { LMAnswer, LMParameters, LMRequest } from '@dgt/core';
import { cutAtStop } from './stop.js';

/** What becomes of an answer that ended because it reached `max_tokens`. */
export interface LengthRule {
  readonly policy: 'keep' | 'error' | 'retry';
  /** `retry` asks for no more tokens than this. */
  readonly ceiling: number;
}

// Three doublings: what does not end by then will hardly end at all.
const ceilingFactor = 8;

/**
 * Reads `on_length` and `max_tokens_ceiling`.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a retry without `max_tokens`, which has nothing to double.
 */
export function readLengthRule(
  config: { readonly on_length?: LengthRule['policy'] | undefined; readonly max_tokens_ceiling?: number | undefined },
  parameters: LMParameters,
  block: string,
): LengthRule {
  const { on_length: policy = 'keep', max_tokens_ceiling } = config;
  const { max_tokens = 0 } = parameters;
  const problems =
    (policy === 'retry' && max_tokens === 0 && 'on_length: retry doubles max_tokens, which is not set') ||
    (max_tokens_ceiling !== undefined && policy !== 'retry' && 'max_tokens_ceiling: only used by on_length: retry') ||
    (max_tokens_ceiling !== undefined &&
      max_tokens_ceiling < max_tokens &&
      'max_tokens_ceiling: expected no less than max_tokens');
  if (problems !== false) throw new ConfigError('DGT_BLOCK_CONFIG', { block, problems });
  return { policy, ceiling: max_tokens_ceiling ?? max_tokens * ceilingFactor };
}

/**
 * The request to make instead of one whose answer was cut off; undefined for an answer that can be used.
 *
 * @throws {@link ProviderError} permanent, DGT_ANSWER_CUT, for a cut answer that must not be used.
 */
export function lengthenRequest(request: LMRequest, answer: LMAnswer, rule: LengthRule): LMRequest | undefined {
  const { parameters, provider, model } = request;
  const isCut = answer.choices.some(
    ({ text, finish_reason }) => finish_reason === 'length' && !cutAtStop(text, parameters.stop).stopped,
  );
  if (!isCut || rule.policy === 'keep') return undefined;
  const { max_tokens } = parameters;
  if (rule.policy === 'error' || max_tokens === undefined || max_tokens >= rule.ceiling) {
    const limit = max_tokens === undefined ? 'the end of its context' : `${max_tokens} tokens`;
    throw new ProviderError('DGT_ANSWER_CUT', 'permanent', { provider, model, limit });
  }
  return { ...request, parameters: { ...parameters, max_tokens: Math.min(max_tokens * 2, rule.ceiling) } };
}
