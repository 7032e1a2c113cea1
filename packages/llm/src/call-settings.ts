import { ConfigError, usualBackoff, type BlockServices } from '@dgt/core';
import type { DeclaredRates } from './limits/limiter.js';
import type { CallConfig } from './model-config.js';
import { retryCauses, type RetryPolicy } from './retry-policy.js';

/** How a block wants its calls made. */
export interface CallSettings {
  /** The name of the block. */
  readonly block: string;
  /** Who serves the model, for errors. */
  readonly provider: string;
  readonly services: BlockServices;
  readonly callLimit: number;
  readonly rates: DeclaredRates;
  /** How long one try may take; undefined: by how long answers take. @unit milliseconds */
  readonly timeoutMs: number | undefined;
  /** @unit milliseconds */
  readonly maxOutageMs: number;
  readonly retry: RetryPolicy;
  /** How long to wait until the model can be called at all. @unit milliseconds */
  readonly waitForModelMs: number;
}

const usualMaxRetries = 5;
const usualWaitForModelMs = 1_800_000;

/**
 * Reads from a block's configuration how its calls are made.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG, when two places say how often to try again and differ.
 */
export function readCallSettings(
  config: CallConfig,
  block: Pick<CallSettings, 'block' | 'provider' | 'services'>,
): CallSettings {
  const { call_limit: callLimit, timeout, max_outage, wait_for_model = false, rpm, tpm } = config;
  return {
    ...block,
    callLimit,
    rates: { rpm, tpm },
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    maxOutageMs: max_outage * 1000,
    retry: readRetryPolicy(config, block.block),
    waitForModelMs: wait_for_model === true ? usualWaitForModelMs : Number(wait_for_model) * 1000,
  };
}

function readRetryPolicy(config: CallConfig, block: string): RetryPolicy {
  const { first_wait, longest_wait, retry_on, max_retries: maxRetries = config.max_retries } = config.retry ?? {};
  if (config.max_retries !== undefined && config.max_retries !== maxRetries) {
    const problems = `max_retries says ${config.max_retries}, retry.max_retries says ${maxRetries}`;
    throw new ConfigError('DGT_BLOCK_CONFIG', { block, problems });
  }
  const firstMs = first_wait === undefined ? usualBackoff.firstMs : first_wait * 1000;
  const longestMs = longest_wait === undefined ? Math.max(firstMs, usualBackoff.longestMs) : longest_wait * 1000;
  return {
    maxRetries: maxRetries ?? usualMaxRetries,
    backoff: { firstMs, longestMs },
    causes: new Set(retry_on ?? retryCauses),
  };
}
