import { createHash } from 'node:crypto';
import type { BlockServices, LMClient } from '@dgt/core';
import { AnswerTimes } from '../limits/answer-times.js';
import { Limiter, type DeclaredRates } from '../limits/limiter.js';
import { TokenEstimate } from '../limits/token-estimate.js';
import { EndpointHealth } from './endpoint-health.js';

/** One place that serves the model, with what all blocks of a run know of it together. */
export interface Endpoint {
  readonly client: LMClient;
  readonly health: EndpointHealth;
  /** For all who call the same model there with the same credential. */
  readonly limiter: Limiter;
  readonly tokens: TokenEstimate;
  readonly times: AnswerTimes;
}

/** What a block wants of an endpoint. */
export interface EndpointUse {
  /** The name of the block. */
  readonly block: string;
  /** How many requests it may have in flight there. */
  readonly callLimit: number;
  readonly rates: DeclaredRates;
}

/** What the blocks of a run share of one model with one credential at one place. */
interface SharedModel extends Omit<Endpoint, 'client' | 'health'> {
  /** Which block declared each limit that counts. */
  readonly declaredBy: Partial<Record<keyof DeclaredRates, string>>;
}

/** Opens an endpoint for a block, and tells the others' limiter what this block declares. */
export function openEndpoint(client: LMClient, use: EndpointUse, services: BlockServices): Endpoint {
  const { endpoint, credential = '', model } = client;
  const { share, clock, log } = services;
  const health = share(
    `llm/health ${endpoint}`,
    () => new EndpointHealth(clock, (level, message, fields) => log.write(level, message, { ...fields, endpoint })),
  );
  const account = createHash('sha256').update(credential).digest('hex').slice(0, 16);
  const shared = share(`llm/limiter ${JSON.stringify([endpoint, account, model])}`, (): SharedModel => {
    const message = `${model} at ${endpoint} limits how much it lets through; requests slow down to that`;
    const onFirstRefusal = () => log.write('info', message, { event: 'rate_limited', endpoint, model });
    const limiter = new Limiter({ clock, slots: use.callLimit, onFirstRefusal });
    return { limiter, tokens: new TokenEstimate(), times: new AnswerTimes(), declaredBy: {} };
  });
  shared.limiter.raise(use.callLimit);
  declareRates(shared, { ...use, place: `${model} at ${endpoint}` }, services);
  return { client, health, limiter: shared.limiter, tokens: shared.tokens, times: shared.times };
}

/** Of two limits that blocks declare for the same model, the smaller counts; that they differ is said. */
function declareRates(
  { limiter, declaredBy }: SharedModel,
  { block, rates, place }: Pick<EndpointUse, 'block' | 'rates'> & { readonly place: string },
  { log }: BlockServices,
): void {
  const counting: { -readonly [Name in keyof DeclaredRates]: DeclaredRates[Name] } = { ...limiter.declared };
  for (const name of ['rpm', 'tpm'] as const) {
    const own = rates[name];
    if (own === undefined) continue;
    const earlier = counting[name];
    if (earlier !== undefined && earlier !== own) {
      const said = `block "${declaredBy[name]}" says ${name}: ${earlier}, block "${block}" says ${name}: ${own}`;
      log.write('warning', `${place}: ${said}; the smaller counts for both, ${Math.min(earlier, own)}`);
    }
    if (earlier !== undefined && earlier <= own) continue;
    counting[name] = own;
    declaredBy[name] = block;
  }
  limiter.declare(counting);
}
