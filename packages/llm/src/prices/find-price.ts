import { Type, type ModelPrice } from '@dgt/core';
import { priceLists } from './price-list.js';

/** What a block's `price` takes. */
export const priceField = Type.Object(
  {
    /** Dollars for a million tokens. */
    input: Type.Number({ minimum: 0 }),
    output: Type.Number({ minimum: 0 }),
    cached_input: Type.Optional(Type.Number({ minimum: 0 })),
    /** What part of the price an answer of a batch interface costs, such as 0.5. */
    batch: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);

/** The price of models that take only the user's own machines. */
export const freePrice: ModelPrice = { input: 0, output: 0 };

/** The price of a model at the vendor itself; undefined where the list does not have it. A dated version costs what its model does. */
export function findListPrice(provider: string, model: string): ModelPrice | undefined {
  const list = Object.hasOwn(priceLists, provider) ? priceLists[provider] : undefined;
  if (list === undefined) return undefined;
  const undated = model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, '');
  const name = [model, undated].find((candidate) => Object.hasOwn(list.models, candidate));
  const price = name === undefined ? undefined : list.models[name];
  return price && { ...price, batch: list.batch, as_of: list.as_of };
}
