import type { ModelPrice } from '@dgt/core';

/** What the models of a vendor cost on one day. */
export interface PriceList {
  /** The day on which the vendor asked these prices. */
  readonly as_of: string;
  /** What part of them an answer costs that comes through the vendor's batch interface. */
  readonly batch: number;
  readonly models: Readonly<Record<string, Pick<ModelPrice, 'input' | 'output' | 'cached_input'>>>;
}

/**
 * The price lists that dgt knows, by provider: well-known models that have one price whatever the length of a prompt. A model
 * that is not here has an unknown price until the user gives one.
 */
export const priceLists: Readonly<Record<string, PriceList>> = {
  openai: {
    as_of: '2026-03-21',
    batch: 0.5,
    models: {
      'gpt-4o': { input: 2.5, output: 10, cached_input: 1.25 },
      'gpt-4o-2024-05-13': { input: 5, output: 15 },
      'gpt-4o-mini': { input: 0.15, output: 0.6, cached_input: 0.075 },
      'gpt-4.1': { input: 2, output: 8, cached_input: 0.5 },
      'gpt-4.1-mini': { input: 0.4, output: 1.6, cached_input: 0.1 },
      'gpt-4.1-nano': { input: 0.1, output: 0.4, cached_input: 0.025 },
      'gpt-5': { input: 1.25, output: 10, cached_input: 0.125 },
      'gpt-5-mini': { input: 0.25, output: 2, cached_input: 0.025 },
      'gpt-5-nano': { input: 0.05, output: 0.4, cached_input: 0.005 },
      o3: { input: 2, output: 8, cached_input: 0.5 },
      'o4-mini': { input: 1.1, output: 4.4, cached_input: 0.275 },
      'text-embedding-3-small': { input: 0.02, output: 0 },
      'text-embedding-3-large': { input: 0.13, output: 0 },
    },
  },
  anthropic: {
    as_of: '2026-03-21',
    batch: 0.5,
    models: {
      'claude-opus-4-6': { input: 5, output: 25, cached_input: 0.5 },
      'claude-opus-4-5': { input: 5, output: 25, cached_input: 0.5 },
      'claude-sonnet-4-6': { input: 3, output: 15, cached_input: 0.3 },
      'claude-haiku-4-5': { input: 1, output: 5, cached_input: 0.1 },
    },
  },
};
