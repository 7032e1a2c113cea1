import { ConfigError, type Json, type RecordedCall, type TryRecord } from '@dgt/core';
import { exhausted, type Ending } from '../engine/ending.js';
import { addTry, type CallerUsage } from '../ledger/caller-usage.js';
import type { Ledger } from '../ledger/ledger.js';
import { costOf, makeBill, type Bill } from './bill.js';
import { measureCall, type CallSize } from './call-size.js';
import { boundCall, Expectation, type CallTokens } from './expectation.js';
import { nameCaller, PriceBook } from './price-book.js';

/** What a dataset may take in all its runs. */
export interface BudgetLimits {
  readonly maxTokens: number | undefined;
  /** @unit dollars */
  readonly maxCost: number | undefined;
  /** Whether a call is only made when the most that it can take is left. */
  readonly isStrict: boolean;
}

/** What a {@link Budget} works with. */
export interface BudgetOptions {
  readonly ledger: Pick<Ledger, 'usage' | 'getMeta' | 'setMeta'>;
  readonly limits: BudgetLimits;
  /** Told once when nothing is left. */
  readonly onUsedUp: (reason: Ending) => void;
  /** Told of a call that no budget can be kept with. */
  readonly onFatal: (error: Error) => void;
}

type Call = RecordedCall<Json>;

/** What is kept free for a call under way. */
interface Reservation {
  readonly size: CallSize;
  tokens: number;
  cost: number;
  /** Made before it was known what calls of its block take. */
  readonly isGuess: boolean;
  readonly taken: { prompt: number; completion: number };
  /** Whether its server answered without saying how many tokens it took. */
  isUncounted: boolean;
}

interface Waiting {
  readonly call: Call;
  readonly size: CallSize;
  go(): void;
}

/**
 * Keeps a dataset within its limits: what a call is expected to take is reserved before it is made, and settled when it is
 * answered. A call for which too little is left waits for others to take less than expected, in order; when nothing is under
 * way any more, it is what the run ends with.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #prices: PriceBook;
  readonly #earlier: readonly CallerUsage[];
  /** Of all runs, by caller. */
  readonly #usage: Map<string, CallerUsage>;
  #earlierCost: number;
  #tokens: number;
  #cost = 0;
  readonly #reserved = new Map<Call, Reservation>();
  #reservedTokens = 0;
  #reservedCost = 0;
  readonly #expectations = new Map<string, Expectation>();
  #queue: Waiting[] = [];

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#earlier = options.ledger.usage();
    this.#usage = new Map(this.#earlier.map((used) => [nameCaller(used), used]));
    this.#prices = new PriceBook(options.ledger);
    this.#tokens = this.#earlier.reduce((sum, used) => sum + used.promptTokens + used.completionTokens, 0);
    this.#earlierCost = this.#priceEarlier();
  }

  /** Tokens of all runs of the dataset. */
  get tokens(): number {
    return this.#tokens;
  }

  /** The part of the cost of all runs whose price is known. @unit dollars */
  get cost(): number {
    return this.#earlierCost + this.#cost;
  }

  /** What all runs of the dataset took, without reading the ledger. */
  get bill(): Bill {
    return makeBill([...this.#usage.values()], (caller) => this.#prices.find(caller));
  }

  /** Why nothing more may be called; undefined as long as something is left. */
  get usedUp(): Ending | undefined {
    const { maxTokens = Number.POSITIVE_INFINITY, maxCost = Number.POSITIVE_INFINITY } = this.#options.limits;
    if (this.#tokens >= maxTokens) return exhausted('max_tokens', `(${maxTokens}) is used up`);
    if (this.cost >= maxCost) return exhausted('max_cost', `(${writeDollars(maxCost)}) is used up`);
    return undefined;
  }

  /** Why the call that waits at the head of all is not made; undefined when none waits. */
  get refusal(): Ending | undefined {
    const [head] = this.#queue;
    if (head === undefined) return undefined;
    const { maxTokens, maxCost } = this.#options.limits;
    const { tokens, cost } = this.#demand(head.call, head.size);
    if (maxTokens !== undefined && this.#tokens + this.#reservedTokens + tokens > maxTokens)
      return exhausted('max_tokens', describeLack(`${maxTokens}`, `${this.#tokens} tokens`, `${tokens}`));
    const [limit, used, next] = [maxCost ?? 0, this.cost, cost].map(writeDollars) as [string, string, string];
    return exhausted('max_cost', describeLack(limit, used, next));
  }

  /** Reserves what a call may take; gives a promise where it has to wait, which may never settle. */
  admit(call: Call): Promise<void> | undefined {
    const { maxTokens, maxCost } = this.#options.limits;
    if (maxTokens === undefined && maxCost === undefined) return undefined;
    const size = measureCall(call.request);
    const problem = this.#findProblem(call, size);
    if (problem !== undefined) {
      this.#options.onFatal(problem);
      return new Promise(() => {});
    }
    if (this.#queue.length === 0 && this.#tryReserve(call, size)) return undefined;
    return new Promise((go) => this.#queue.push({ call, size, go }));
  }

  /** Counts one request that reached a server. */
  note(call: Pick<Call, 'label'>, record: TryRecord): void {
    const { promptTokens = 0, completionTokens = 0, provider = '', model = '', price, outcome } = record;
    const caller = { label: call.label, provider, model };
    this.#usage.set(nameCaller(caller), addTry(this.#usage.get(nameCaller(caller)) ?? caller, record));
    if (price !== undefined) {
      if (this.#prices.note(caller, price)) this.#earlierCost = this.#priceEarlier();
      this.#cost += costOf(record, price);
    }
    this.#tokens += promptTokens + completionTokens;
    const reservation = this.#reserved.get(call as Call);
    if (reservation !== undefined) {
      const isCounted = record.promptTokens !== undefined || record.completionTokens !== undefined;
      if (outcome === 'ok' && !isCounted) reservation.isUncounted = true;
      reservation.taken.prompt += promptTokens;
      reservation.taken.completion += completionTokens;
      const cost = price === undefined ? 0 : costOf(record, price);
      this.#reduce(reservation, { tokens: promptTokens + completionTokens, cost });
    }
    const { usedUp } = this;
    if (usedUp !== undefined) this.#options.onUsedUp(usedUp);
  }

  /** Gives back what was reserved for a call that has ended. */
  release(call: Call): void {
    const reservation = this.#reserved.get(call);
    if (reservation === undefined) return;
    this.#reserved.delete(call);
    const { size, taken, tokens, cost, isUncounted } = reservation;
    this.#reduce(reservation, { tokens, cost });
    if (isUncounted) {
      // What a server does not count is taken to be what was reserved for it.
      this.#tokens += tokens;
      this.#cost += cost;
    }
    this.#expectationOf(call.label).note(size, taken);
    this.#admitWaiting();
  }

  /** Forgets the calls that wait: they are not made in this run. */
  close(): void {
    this.#queue = [];
  }

  #admitWaiting(): void {
    for (;;) {
      const [head] = this.#queue;
      if (head === undefined || !this.#tryReserve(head.call, head.size)) return;
      this.#queue.shift();
      head.go();
    }
  }

  #tryReserve(call: Call, size: CallSize): boolean {
    const demand = this.#demand(call, size);
    const isGuess = !this.#options.limits.isStrict && !this.#expectationOf(call.label).isLearnt;
    if (!this.#fits(demand) && !(isGuess && this.#mayGuess(call.label))) return false;
    const { maxTokens = 0, maxCost = 0 } = this.#options.limits;
    // A guess takes what is left; what no limit is on need not be kept.
    const tokens = Math.min(demand.tokens, Math.max(0, maxTokens - this.#tokens - this.#reservedTokens));
    const cost = Math.min(demand.cost, Math.max(0, maxCost - this.cost - this.#reservedCost));
    const taken = { prompt: 0, completion: 0 };
    this.#reserved.set(call, { size, tokens, cost, isGuess, taken, isUncounted: false });
    this.#reservedTokens += tokens;
    this.#reservedCost += cost;
    return true;
  }

  #fits({ tokens, cost }: { tokens: number; cost: number }): boolean {
    const { maxTokens = Number.POSITIVE_INFINITY, maxCost = Number.POSITIVE_INFINITY } = this.#options.limits;
    const isWithin = this.#tokens + this.#reservedTokens + tokens <= maxTokens;
    return isWithin && this.cost + this.#reservedCost + cost <= maxCost;
  }

  /** As long as nothing is known of what calls of a block take, one at a time is made to find out. */
  #mayGuess(label: string): boolean {
    if (this.usedUp !== undefined || !this.#fits({ tokens: 0, cost: 0 })) return false;
    return ![...this.#reserved].some(([call, { isGuess }]) => isGuess && call.label === label);
  }

  #demand(call: Call, size: CallSize): { tokens: number; cost: number } {
    const expectation = this.#expectationOf(call.label);
    const { isStrict } = this.#options.limits;
    // Of what is no model there is nothing to bound, and a call without a bound waits until something is known of its block.
    const unknown = { prompt: 0, completion: size.isModel ? Number.MAX_SAFE_INTEGER : 0 };
    if (isStrict || !expectation.isLearnt) return priceTokens(call, boundCall(size) ?? unknown);
    return priceTokens(call, expectation.expect(size));
  }

  #expectationOf(label: string): Expectation {
    const known = this.#expectations.get(label);
    if (known !== undefined) return known;
    const expectation = new Expectation();
    this.#expectations.set(label, expectation);
    return expectation;
  }

  #reduce(reservation: Reservation, by: { tokens: number; cost: number }): void {
    const tokens = Math.min(reservation.tokens, by.tokens);
    const cost = Math.min(reservation.cost, by.cost);
    reservation.tokens -= tokens;
    reservation.cost -= cost;
    this.#reservedTokens -= tokens;
    // Rounding must not leave anything behind.
    this.#reservedCost = this.#reserved.size === 0 ? 0 : this.#reservedCost - cost;
  }

  #priceEarlier(): number {
    return this.#earlier.reduce((sum, used) => {
      const price = this.#prices.find(used);
      return price === undefined ? sum : sum + costOf(used, price);
    }, 0);
  }

  #findProblem({ label: block, request, price }: Call, size: CallSize): ConfigError | undefined {
    const { maxCost, isStrict } = this.#options.limits;
    if (!size.isModel) return undefined;
    const { provider = 'unknown', model } = request as { provider?: string; model: string };
    if (maxCost !== undefined && price === undefined)
      return new ConfigError('DGT_PRICE_UNKNOWN', { block, provider, model });
    if (!isStrict || boundCall(size) !== undefined) return undefined;
    const reason = size.hasLinks ? 'an image of which only the address is given' : 'no max_tokens';
    return new ConfigError('DGT_BUDGET_UNBOUNDED', { block, reason });
  }
}

function priceTokens({ price }: Call, { prompt, completion }: CallTokens): { tokens: number; cost: number } {
  const cost = price === undefined ? 0 : costOf({ promptTokens: prompt, completionTokens: completion }, price);
  return { tokens: prompt + completion, cost };
}

function describeLack(limit: string, used: string, next: string): string {
  return `(${limit}) has no room for the next call: ${used} are used, and it may take ${next}`;
}

function writeDollars(amount: number): string {
  return `$${Number(amount.toPrecision(4))}`;
}
