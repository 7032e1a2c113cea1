import type { Json, ModelPrice, RecordedCall } from '@dgt/core';
import { createRandom } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemporaryLedger } from '../__fixtures__/temporary-ledger.js';
import type { Ending } from '../engine/ending.js';
import { Budget, type BudgetLimits } from './budget.js';

type Call = RecordedCall<Json>;
interface Taken {
  readonly prompt: number;
  readonly completion: number;
}

const price: ModelPrice = { input: 1, output: 4 };

function makeCall({ input = 'x'.repeat(400), label = 'generator', ...parameters }: Record<string, unknown> = {}): Call {
  const request = { version: 2, provider: 'openai', model: 'm', method: 'completion', input, parameters } as Json;
  return { label: label as string, request, price, execute: () => Promise.reject(new Error('not here')) };
}

/** A budget over an empty ledger, and what it told the run. */
function open(place: TemporaryLedger, limits: Partial<BudgetLimits>) {
  const ends: Ending[] = [];
  const errors: Error[] = [];
  const budget = new Budget({
    ledger: place.ledger,
    limits: { maxTokens: undefined, maxCost: undefined, isStrict: false, ...limits },
    onUsedUp: (reason) => void ends.push(reason),
    onFatal: (error) => void errors.push(error),
  });
  return { budget, ends, errors };
}

function answer(budget: Budget, call: Call, { prompt, completion }: Taken): void {
  budget.note(call, {
    startedAt: 0,
    durationMs: 1,
    outcome: 'ok',
    provider: 'openai',
    model: 'm',
    promptTokens: prompt,
    completionTokens: completion,
    price,
  });
  budget.release(call);
}

/**
 * Makes calls, so many at once, each ended in random order, until none is made any more.
 *
 * @returns how many were made.
 */
async function spend(
  { budget, ends }: ReturnType<typeof open>,
  options: { calls: Iterable<Call>; atOnce: number; take: (call: Call) => Taken; random: () => number },
): Promise<number> {
  const { atOnce, take, random } = options;
  const calls = options.calls[Symbol.iterator]();
  const underWay: Call[] = [];
  let waiting = 0;
  let made = 0;
  const begin = (call: Call) => {
    underWay.push(call);
    made++;
  };
  for (;;) {
    while (underWay.length + waiting < atOnce && ends.length === 0) {
      const next = calls.next();
      if (next.done === true) break;
      const room = budget.admit(next.value);
      if (room === undefined) begin(next.value);
      else {
        waiting++;
        void room.then(() => {
          waiting--;
          begin(next.value);
        });
      }
    }
    if (underWay.length === 0) return made;
    const [call] = underWay.splice(Math.floor(random() * underWay.length), 1) as [Call];
    answer(budget, call, take(call));
    await Promise.resolve();
    await Promise.resolve();
  }
}

function* endless(make: () => Call): Generator<Call> {
  for (;;) yield make();
}

describe('a strict budget', () => {
  it('is never exceeded, whatever calls take of what they may', async () => {
    const setting = fc.record({
      maxTokens: fc.integer({ min: 100, max: 20_000 }),
      atOnce: fc.integer({ min: 1, max: 64 }),
      most: fc.integer({ min: 1, max: 2000 }),
      choices: fc.integer({ min: 1, max: 3 }),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(setting, async ({ maxTokens, atOnce, most, choices, seed }) => {
        using place = new TemporaryLedger();
        const opened = open(place, { maxTokens, isStrict: true });
        const random = createRandom(`strict ${seed}`);
        const calls = endless(() => makeCall({ max_tokens: most, n: choices, input: 'y'.repeat(random.integer(300)) }));
        const take = ({ request }: Call): Taken => ({
          prompt: random.integer((request as { input: string }).input.length + 8),
          completion: random.integer(most * choices + 1),
        });
        await spend(opened, { calls, atOnce, take, random: () => random.next() });
        expect(opened.budget.tokens).toBeLessThanOrEqual(maxTokens);
        expect(opened.budget.refusal ?? opened.ends[0]).toMatchObject({ reason: 'budget_exhausted' });
      }),
      { numRuns: 60 },
    );
  });

  it('makes calls beside each other again as soon as earlier ones took less than they might', async () => {
    using place = new TemporaryLedger();
    const opened = open(place, { maxTokens: 10_000, isStrict: true });
    const calls = endless(() => makeCall({ max_tokens: 1000, input: 'z' }));
    const take = () => ({ prompt: 1, completion: 9 });
    const made = await spend(opened, { calls, atOnce: 64, take, random: () => 0.5 });
    // Nine tenths were spent though a call might have taken a tenth.
    expect(made).toBeGreaterThan(880);
    expect(opened.budget.tokens).toBeLessThanOrEqual(10_000);
  });

  it('refuses a call that nothing bounds, with what to do', () => {
    using place = new TemporaryLedger();
    const { budget, errors } = open(place, { maxTokens: 10_000, isStrict: true });
    void budget.admit(makeCall({}));
    const image = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://images.example/a.png' } }] },
    ];
    void budget.admit(makeCall({ max_tokens: 5, input: image }));
    expect(errors).toMatchObject(
      [
        { code: 'DGT_BUDGET_UNBOUNDED', details: { reason: 'no max_tokens' } },
        { code: 'DGT_BUDGET_UNBOUNDED', details: { reason: /image/ } },
      ].map(({ code, details }) => ({ code, details: { reason: expect.stringMatching(details.reason) as string } })),
    );
  });
});

describe('a budget', () => {
  it.each<[string, Partial<BudgetLimits>]>([
    ['tokens', { maxTokens: 400_000 }],
    ['dollars', { maxCost: 1 }],
  ])('of %s is used up, and exceeded by less than a fiftieth', async (_, limits) => {
    const random = createRandom('default budget');
    let most = 0;
    for (let trial = 0; trial < 20; trial++) {
      using place = new TemporaryLedger();
      const opened = open(place, limits);
      const calls = endless(() => makeCall({ input: 'w'.repeat(200 + random.integer(1000)) }));
      // A long tail, as models that reason have it.
      const take = ({ request }: Call): Taken => ({
        prompt: Math.round((request as { input: string }).input.length / 4),
        completion: Math.round(-300 * Math.log(1 - random.next())),
      });
      await spend(opened, { calls, atOnce: 64, take, random: () => random.next() });
      const share = limits.maxTokens === undefined ? opened.budget.cost : opened.budget.tokens / limits.maxTokens;
      expect(share).toBeGreaterThan(0.97);
      most = Math.max(most, share);
    }
    expect(most).toBeLessThan(1.02);
  });

  it('makes one call of a block to learn what it takes, and others of it after that', async () => {
    using place = new TemporaryLedger();
    const { budget } = open(place, { maxTokens: 1_000_000 });
    const [first, second] = [makeCall(), makeCall()];
    expect(budget.admit(first)).toBeUndefined();
    const room = budget.admit(second);
    expect(room).toBeInstanceOf(Promise);
    answer(budget, first, { prompt: 100, completion: 100 });
    await room;
    expect(budget.admit(makeCall())).toBeUndefined();
  });

  it('makes as many at once as it has room for when max_tokens bounds them', () => {
    using place = new TemporaryLedger();
    const { budget } = open(place, { maxTokens: 100_000 });
    const rooms = Array.from({ length: 20 }, () => budget.admit(makeCall({ max_tokens: 100 })));
    expect(rooms.filter((room) => room === undefined)).toHaveLength(20);
  });

  it('lets everything pass, and still counts, without a limit', () => {
    using place = new TemporaryLedger();
    const { budget, ends } = open(place, {});
    const call = makeCall();
    expect(budget.admit(call)).toBeUndefined();
    answer(budget, call, { prompt: 7, completion: 3 });
    expect([budget.tokens, budget.cost, ends]).toEqual([10, (7 + 12) / 1e6, []]);
  });

  it('counts what earlier runs took, at the prices of then or of now', async () => {
    using place = new TemporaryLedger();
    const record = { startedAt: 0, durationMs: 1, outcome: 'ok', provider: 'openai', model: 'm' } as const;
    await place.ledger.recordTry(1, 'generator', { ...record, promptTokens: 1e6, completionTokens: 0 });
    const { budget, ends } = open(place, { maxCost: 0.5 });
    // Nobody said yet what it cost.
    expect([budget.tokens, budget.cost, budget.usedUp]).toEqual([1e6, 0, undefined]);
    const call = makeCall();
    expect(budget.admit(call)).toBeUndefined();
    answer(budget, call, { prompt: 1, completion: 0 });
    expect(budget.cost).toBeCloseTo(1);
    expect(ends).toMatchObject([{ reason: 'budget_exhausted', message: 'max_cost ($0.5) is used up' }]);
    expect(open(place, { maxCost: 0.5 }).budget.usedUp).toMatchObject({ reason: 'budget_exhausted' });
  });

  it('of dollars refuses a model without a price, and one of tokens does not', () => {
    using place = new TemporaryLedger();
    const call = { ...makeCall(), price: undefined };
    const { budget, errors } = open(place, { maxCost: 1 });
    void budget.admit(call);
    expect(errors).toMatchObject([{ code: 'DGT_PRICE_UNKNOWN', details: { provider: 'openai', model: 'm' } }]);
    expect(open(place, { maxTokens: 1000 }).budget.admit(call)).toBeUndefined();
  });

  it('takes an answer that its server did not count to be as long as was reserved', () => {
    using place = new TemporaryLedger();
    const { budget } = open(place, { maxTokens: 10_000 });
    const call = makeCall({ max_tokens: 100 });
    expect(budget.admit(call)).toBeUndefined();
    budget.note(call, { startedAt: 0, durationMs: 1, outcome: 'ok' });
    budget.release(call);
    expect(budget.tokens).toBeGreaterThan(100);
  });

  it('gives back what a call does not take, and nothing is left behind', async () => {
    using place = new TemporaryLedger();
    const opened = open(place, { maxTokens: 1e6, maxCost: 1000 });
    const calls = Array.from({ length: 500 }, () => makeCall({ max_tokens: 50 }));
    const random = createRandom('settle');
    const take = () => ({ prompt: 100, completion: random.integer(50) });
    expect(await spend(opened, { calls, atOnce: 16, take, random: () => random.next() })).toBe(500);
    // What is left is all there for one more.
    const left = 1e6 - opened.budget.tokens;
    const { budget } = opened;
    expect(budget.admit(makeCall({ label: 'other', max_tokens: left - 2000 }))).toBeUndefined();
  });
});
