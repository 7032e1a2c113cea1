import type { Block, ModelPrice } from '@dgt/core';
import { createScriptLane } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { AnthropicProvider } from '../providers/anthropic/index.js';
import { OllamaEmbedding, OllamaProvider } from '../providers/ollama/index.js';
import { OpenAIEmbedding, OpenAIProvider } from '../providers/openai/index.js';
import { findListPrice } from './find-price.js';
import { priceLists } from './price-list.js';

const key = { api_key: 'k', max_tokens: 5 };

/** The price that a block's calls carry. */
async function priceOf(block: Block<any, any, any>): Promise<ModelPrice | undefined> {
  let found: ModelPrice | undefined;
  const lane = createScriptLane();
  const seen = { call: (call: { price?: ModelPrice }) => Promise.reject(((found = call.price), new Error('seen'))) };
  const spied = Object.assign(Object.create(lane) as typeof lane, seen);
  await expect(block.process({ input: 'Hello' }, { lane: spied, row: {} })).rejects.toThrow('seen');
  return found;
}

describe('the price list', () => {
  it('says of every model what it costs and of every list on what day', () => {
    for (const { as_of, batch, models } of Object.values(priceLists)) {
      expect(as_of).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(batch).toBeLessThanOrEqual(1);
      for (const { input, output, cached_input = input } of Object.values(models)) {
        expect(input).toBeGreaterThan(0);
        expect(output).toBeGreaterThanOrEqual(0);
        expect(cached_input).toBeLessThanOrEqual(input);
      }
    }
  });

  it('has one price for a model and its dated versions, unless a version has its own', () => {
    expect(findListPrice('openai', 'gpt-4o-mini-2024-07-18')).toEqual(findListPrice('openai', 'gpt-4o-mini'));
    expect(findListPrice('openai', 'gpt-4o-2024-05-13')).toMatchObject({ input: 5 });
    expect(findListPrice('anthropic', 'claude-haiku-4-5-20251001')).toMatchObject({ input: 1, batch: 0.5 });
  });

  it('knows nothing of other models and providers', () => {
    for (const model of ['gpt-4o-mini-tuned', 'constructor', ''])
      expect(findListPrice('openai', model)).toBeUndefined();
    for (const provider of ['vendor', 'constructor']) expect(findListPrice(provider, 'gpt-4o')).toBeUndefined();
  });
});

describe('the price of a block', () => {
  it('is the one of the list where the vendor itself is called', async () => {
    const openai = new OpenAIProvider({ model_id_or_path: 'gpt-4o-mini', ...key } as never);
    expect(await priceOf(openai)).toMatchObject({ input: 0.15, output: 0.6, as_of: priceLists['openai']?.as_of });
    const anthropic = new AnthropicProvider({ model_id_or_path: 'claude-haiku-4-5', ...key } as never);
    expect(await priceOf(anthropic)).toMatchObject({ input: 1, output: 5 });
    const embedding = new OpenAIEmbedding({ model_id_or_path: 'text-embedding-3-small', api_key: 'k' } as never);
    expect(await priceOf(embedding)).toMatchObject({ input: 0.02 });
  });

  it('is not known where somebody else serves a model of that name', async () => {
    const elsewhere = { ...key, base_url: 'https://models.example/v1' };
    expect(
      await priceOf(new OpenAIProvider({ model_id_or_path: 'gpt-4o-mini', ...elsewhere } as never)),
    ).toBeUndefined();
    expect(
      await priceOf(new AnthropicProvider({ model_id_or_path: 'claude-haiku-4-5', ...elsewhere } as never)),
    ).toBeUndefined();
  });

  it('is nothing on a machine of one’s own, and not known for models of the cloud', async () => {
    const free = { input: 0, output: 0 };
    expect(await priceOf(new OllamaProvider({ model_id_or_path: 'llama3.2' } as never))).toEqual(free);
    expect(await priceOf(new OllamaEmbedding({ model_id_or_path: 'nomic-embed-text' } as never))).toEqual(free);
    for (const config of [
      { model_id_or_path: 'gpt-oss:120b-cloud' },
      { model_id_or_path: 'gpt-oss:120b', base_url: 'https://ollama.com', api_key: 'k' },
    ])
      expect(await priceOf(new OllamaProvider(config as never))).toBeUndefined();
  });

  it('is what its YAML says, wherever it is served', async () => {
    const price = { input: 1, output: 2, cached_input: 0.5, batch: 0.5 };
    for (const block of [
      new OpenAIProvider({ model_id_or_path: 'gpt-4o-mini', ...key, price } as never),
      new OllamaProvider({ model_id_or_path: 'llama3.2', price } as never),
      new OpenAIEmbedding({ model_id_or_path: 'own', base_url: 'http://127.0.0.1:1/v1', price } as never),
    ])
      expect(await priceOf(block)).toEqual(price);
  });

  it('does not define the rows: a changed price is no changed builder', () => {
    const define = (price?: object) =>
      new OpenAIProvider({ model_id_or_path: 'm', ...key, ...(price && { price }) } as never).definition;
    expect(define({ input: 1, output: 2 })).toEqual(define());
  });
});
