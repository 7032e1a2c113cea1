import type { ModelPrice, TryRecord } from '@dgt/core';
import type { Caller, CallerUsage } from '../ledger/caller-usage.js';
import type { Ledger } from '../ledger/ledger.js';
import { PriceBook } from './price-book.js';

/** Tries and their tokens. */
export interface Usage {
  /** Requests that reached a server, answered or not. */
  readonly tries: number;
  readonly failed_tries: number;
  /** Answers of servers that did not say how many tokens they took. */
  readonly uncounted_tries: number;
  readonly prompt_tokens: number;
  /** Of the prompt's tokens, those that the server had cached. */
  readonly cached_tokens: number;
  readonly completion_tokens: number;
  /** Of the completion's tokens, those spent on reasoning. */
  readonly reasoning_tokens: number;
}

/** What one block took of one model. */
export interface BillLine extends Usage {
  readonly block: string;
  readonly provider: string;
  readonly model: string;
  /** Left out where it is not known. */
  readonly price?: ModelPrice;
  /** In dollars; left out where it is not known. */
  readonly cost?: number;
}

/** What a dataset cost so far. */
export interface Bill {
  readonly lines: readonly BillLine[];
  readonly total: Usage;
  /** In dollars; left out where a part of it is not known. */
  readonly cost?: number;
  /** The part of the cost that is known. */
  readonly known_cost: number;
}

/** The bill of a dataset, down to the last try, at the prices that its ledger has. */
export function readBill(ledger: Pick<Ledger, 'usage' | 'getMeta' | 'setMeta'>): Bill {
  // Commits what waits, so that the prices are there too.
  const usage = ledger.usage();
  const prices = new PriceBook(ledger);
  return makeBill(usage, (caller) => prices.find(caller));
}

/** Adds up what was taken, at the prices that are known. */
export function makeBill(usage: readonly CallerUsage[], findPrice: (caller: Caller) => ModelPrice | undefined): Bill {
  const lines = usage.map((used): BillLine => {
    const price = findPrice(used);
    const cost = costOfUsage(used, price);
    const { label: block, provider, model, ...counts } = used;
    return {
      block,
      provider,
      model,
      ...nameCounts(counts),
      ...(price !== undefined && { price }),
      ...(cost !== undefined && { cost }),
    };
  });
  const known = lines.reduce((sum, { cost = 0 }) => sum + cost, 0);
  const isKnown = lines.every(({ cost }) => cost !== undefined);
  return { lines, total: addUsage(lines), ...(isKnown && { cost: known }), known_cost: known };
}

/** What a caller's tokens cost; undefined where the price or the number of tokens is not known. */
function costOfUsage(used: CallerUsage, price: ModelPrice | undefined): number | undefined {
  const { promptTokens, completionTokens, uncountedTries } = used;
  if (price === undefined) return promptTokens + completionTokens + uncountedTries === 0 ? 0 : undefined;
  const isFree = price.input === 0 && price.output === 0;
  return uncountedTries > 0 && !isFree ? undefined : costOf(used, price);
}

/** What tokens cost, in dollars; those of failed tries too, where their server counted them. */
export function costOf(
  tokens: Pick<TryRecord, 'promptTokens' | 'completionTokens' | 'cachedTokens'>,
  price: ModelPrice,
): number {
  const { promptTokens = 0, completionTokens = 0 } = tokens;
  const cached = Math.min(tokens.cachedTokens ?? 0, promptTokens);
  const { input, output, cached_input = input } = price;
  return ((promptTokens - cached) * input + cached * cached_input + completionTokens * output) / 1e6;
}

function nameCounts(counts: Omit<CallerUsage, keyof Caller>): Usage {
  return {
    tries: counts.tries,
    failed_tries: counts.failedTries,
    uncounted_tries: counts.uncountedTries,
    prompt_tokens: counts.promptTokens,
    cached_tokens: counts.cachedTokens,
    completion_tokens: counts.completionTokens,
    reasoning_tokens: counts.reasoningTokens,
  };
}

/** The sum of what several lines took. */
function addUsage(lines: readonly Usage[]): Usage {
  const sum = (name: keyof Usage) => lines.reduce((total, line) => total + line[name], 0);
  return {
    tries: sum('tries'),
    failed_tries: sum('failed_tries'),
    uncounted_tries: sum('uncounted_tries'),
    prompt_tokens: sum('prompt_tokens'),
    cached_tokens: sum('cached_tokens'),
    completion_tokens: sum('completion_tokens'),
    reasoning_tokens: sum('reasoning_tokens'),
  };
}
