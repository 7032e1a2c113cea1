import type { ModelPrice, TryRecord } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemporaryLedger } from '../__fixtures__/temporary-ledger.js';
import { costOf, makeBill, readBill } from './bill.js';
import { PriceBook } from './price-book.js';

const caller = { label: 'generator', provider: 'openai', model: 'm' };
const price: ModelPrice = { input: 2, output: 10, cached_input: 0.5 };

const tried = (record: Partial<TryRecord> = {}): TryRecord => {
  return { startedAt: 0, durationMs: 1, outcome: 'ok', provider: 'openai', model: 'm', ...record };
};

describe('the cost of tokens', () => {
  it('counts cached tokens of the prompt apart, and reasoning as the output that it is', () => {
    const tokens = { promptTokens: 1e6, cachedTokens: 4e5, completionTokens: 5e5, reasoningTokens: 3e5 };
    expect(costOf(tokens, price)).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.5 * 10);
    expect(costOf(tokens, { input: 2, output: 10 })).toBeCloseTo(2 + 5);
  });
});

describe('a bill', () => {
  it('has a line for each block and model, and counts tries that failed', async () => {
    using place = new TemporaryLedger();
    const { ledger } = place;
    new PriceBook(ledger).note(caller, price);
    await Promise.all([
      ledger.recordTry(1, 'generator', tried({ promptTokens: 100, completionTokens: 10, cachedTokens: 50 })),
      ledger.recordTry(1, 'generator', tried({ outcome: 'error', statusCode: 500, reason: 'HTTP' })),
      ledger.recordTry(2, 'generator', tried({ promptTokens: 100, completionTokens: 20, reasoningTokens: 15 })),
      ledger.recordTry(2, 'judge', tried({ promptTokens: 5, completionTokens: 1 })),
    ]);
    const bill = readBill(place.reopen());
    expect(bill.lines).toEqual([
      {
        block: 'generator',
        provider: 'openai',
        model: 'm',
        tries: 3,
        failed_tries: 1,
        uncounted_tries: 0,
        prompt_tokens: 200,
        cached_tokens: 50,
        completion_tokens: 30,
        reasoning_tokens: 15,
        price,
        cost: (150 * 2 + 50 * 0.5 + 30 * 10) / 1e6,
      },
      expect.objectContaining({ block: 'judge', tries: 1 }),
    ]);
    expect(bill.lines[1]).not.toHaveProperty('cost');
    expect(bill).not.toHaveProperty('cost');
    expect(bill.known_cost).toBe(bill.lines[0]?.cost);
    expect(bill.total).toMatchObject({ tries: 4, failed_tries: 1, prompt_tokens: 205 });
  });

  it('has no cost where a server did not count, unless its model costs nothing', async () => {
    using place = new TemporaryLedger();
    await place.ledger.recordTry(1, 'generator', tried());
    const cost = (price: ModelPrice | undefined) => makeBill(place.ledger.usage(), () => price).cost;
    expect(cost(price)).toBeUndefined();
    expect(cost(undefined)).toBeUndefined();
    expect(cost({ input: 0, output: 0 })).toBe(0);
  });

  it('costs nothing where nothing was answered, whatever the price', async () => {
    using place = new TemporaryLedger();
    expect(readBill(place.ledger)).toMatchObject({ lines: [], cost: 0 });
    await place.ledger.recordTry(1, 'generator', tried({ outcome: 'error', statusCode: 500 }));
    expect(readBill(place.ledger)).toMatchObject({ cost: 0 });
  });

  it('takes the price that was said last for all tries, also after a crash', async () => {
    using place = new TemporaryLedger();
    await place.ledger.recordTry(1, 'generator', tried({ promptTokens: 1e6 }));
    const book = new PriceBook(place.ledger);
    expect(book.note(caller, price)).toBe(true);
    expect(book.note(caller, { ...price })).toBe(false);
    book.note(caller, { input: 3, output: 3 });
    expect(readBill(place.reopen()).cost).toBeCloseTo(3);
  });

  it('is the sum of all tries, however they are spread over callers and runs', async () => {
    const tokens = fc.option(fc.nat(5000), { nil: undefined });
    const tries = fc.array(
      fc.record({
        label: fc.constantFrom('generator', 'judge'),
        model: fc.constantFrom('m', 'n'),
        outcome: fc.constantFrom('ok' as const, 'error' as const),
        promptTokens: fc.nat(5000),
        completionTokens: tokens,
        cachedTokens: fc.option(fc.nat(5000), { nil: undefined }),
        reopens: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(tries, async (made) => {
        using place = new TemporaryLedger();
        let book = new PriceBook(place.ledger);
        for (const { label, reopens, ...record } of made) {
          const own = { ...record, cachedTokens: Math.min(record.cachedTokens ?? 0, record.promptTokens) };
          await place.ledger.recordTry(1, label, tried(own));
          book.note({ label, provider: 'openai', model: record.model }, price);
          if (reopens) book = new PriceBook(place.reopen());
        }
        const bill = readBill(place.ledger);
        const cost = made.reduce((sum, { promptTokens, completionTokens, cachedTokens = 0 }) => {
          return (
            sum + costOf({ promptTokens, completionTokens, cachedTokens: Math.min(cachedTokens, promptTokens) }, price)
          );
        }, 0);
        expect(bill.cost).toBeCloseTo(cost, 9);
        expect(bill.total.tries).toBe(made.length);
        expect(bill.total.failed_tries).toBe(made.filter(({ outcome }) => outcome === 'error').length);
      }),
      { numRuns: 25 },
    );
  });
});
