import { ProviderError } from '@dgt/core';
import type { Availability, CallContext, LMAnswer, LMClient, LMRequest, TryRecord, Usage } from '@dgt/core';
import type { CallSettings } from './call-settings.js';
import { DeadlineError, withDeadline } from './deadline.js';
import { isUnreachable } from './endpoints/endpoint-health.js';
import { EndpointPool, type Admission } from './endpoints/endpoint-pool.js';
import { openEndpoint, type Endpoint } from './endpoints/endpoint.js';
import { Limiter, type Passage, type PassageEnd } from './limits/limiter.js';
import { countTokens } from './limits/token-estimate.js';
import { callWithRetry, type RetryOptions } from './retry.js';
import { isOverload } from './retry-policy.js';
import { waitForModel } from './wait-for-model.js';

// Whether a server is there is known soon, or the fallback is the better choice.
const longestCheckMs = 10_000;

/** A client, and how many requests a block may have in flight there. */
export interface ClientUse {
  readonly client: LMClient;
  readonly callLimit: number;
}

/** The layers below the ledger, for one block: retry, then limiter, then client. */
export class ModelCaller {
  readonly #settings: CallSettings;
  readonly #pool: EndpointPool;
  /** The block's own limit, above those that it shares with all who call the same model with the same credential. */
  readonly #own: Limiter;

  /** @param clients of the places that serve the model: at least one. */
  constructor(clients: readonly ClientUse[], settings: CallSettings) {
    const { services, callLimit, block, rates, maxOutageMs } = settings;
    const { clock } = services;
    this.#settings = settings;
    const endpoints = clients.map((use) =>
      openEndpoint(use.client, { block, rates, callLimit: use.callLimit }, services),
    );
    const check = (endpoint: Endpoint) => this.#check(endpoint, neverAborted);
    this.#pool = new EndpointPool(endpoints, { clock, maxOutageMs, check });
    this.#own = new Limiter({ clock, slots: callLimit });
  }

  /** The client of the first endpoint, for what only one of them does. */
  get client(): LMClient {
    return (this.#pool.endpoints[0] as Endpoint).client;
  }

  /** Calls the model until it answers or fails for good. */
  call(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const { services, retry, maxOutageMs } = this.#settings;
    const options: RetryOptions = {
      service: this.#pool,
      clock: services.clock,
      policy: retry,
      maxOutageMs,
      signal: context.stopping,
      isWell: (error) => this.#isWell(error, context.stopping),
    };
    return callWithRetry(() => this.#tryOnce(request, context), options);
  }

  /** Asks whether the model can be called, for as long as the block wants to wait for it. */
  checkAvailability(signal: AbortSignal): Promise<Availability> {
    const { waitForModelMs, services, block } = this.#settings;
    const { clock, log } = services;
    const say = (message: string) => log.write('info', `${block}: ${message}`);
    return waitForModel(() => this.#checkAll(signal), { clock, longestMs: waitForModelMs, signal, say });
  }

  /** Closes the clients. */
  async close(): Promise<void> {
    for (const { client } of this.#pool.endpoints) await client.close();
  }

  /** The model can be called when one endpoint has it; that one lacks it for certain is a mistake in the configuration. */
  async #checkAll(signal: AbortSignal): Promise<Availability> {
    const { endpoints } = this.#pool;
    const found = await Promise.all(endpoints.map((endpoint) => this.#check(endpoint, signal)));
    const lacking = found.find((availability) => !availability.available && availability.error !== undefined);
    return lacking ?? found.find(({ available }) => available) ?? (found[0] as Availability);
  }

  async #check({ client }: Endpoint, signal: AbortSignal): Promise<Availability> {
    const limitMs = Math.min(this.#settings.timeoutMs ?? longestCheckMs, longestCheckMs);
    try {
      return await withDeadline({ limitMs, signal }, (running) => client.checkAvailability(running.signal));
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      return { available: false, reason: this.#timedOut(error, client).message };
    }
  }

  /** Whether the endpoints serve, though this call has failed and nobody else was answered: it may be the only one left. */
  async #isWell(last: ProviderError, signal: AbortSignal): Promise<boolean> {
    const few = this.#pool.endpoints.filter(({ health }) => health.fewFail);
    if (isUnreachable(last) || few.length === 0) return false;
    const found = await Promise.all(few.map((endpoint) => this.#isReady(endpoint, signal)));
    const ready = few.filter((_endpoint, index) => found[index]);
    for (const { health } of ready) health.reportReady();
    return ready.length > 0;
  }

  async #isReady(endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#check(endpoint, signal)).available;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  async #tryOnce(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const { stopping: signal, task = '', age } = context;
    const entered = this.#own.enter({ task, age, tokens: 0, signal });
    const own = entered instanceof Promise ? await entered : entered;
    try {
      for (;;) {
        const admitted = this.#pool.admit(signal);
        const admission = admitted instanceof Promise ? await admitted : admitted;
        try {
          const answer = await this.#send(request, context, admission);
          if (answer !== undefined) return answer;
        } finally {
          this.#pool.leave(admission);
        }
      }
    } finally {
      this.#own.leave(own, { outcome: 'answered' });
    }
  }

  /** Waits for passage and makes the request; undefined when the endpoint went down meanwhile. */
  async #send(
    request: LMRequest,
    context: CallContext,
    { endpoint, isProbe }: Admission,
  ): Promise<LMAnswer | undefined> {
    const { limiter, health } = endpoint;
    const { stopping: signal, task = '', age } = context;
    const tokens = limiter.countsTokens ? endpoint.tokens.estimate(request) : 0;
    const entered = limiter.enter({ task, age, tokens, signal });
    const passage: Passage = entered instanceof Promise ? await entered : entered;
    if (health.down && !isProbe) {
      limiter.leave(passage, { outcome: 'unsent' });
      return undefined;
    }
    const end: { -readonly [Key in keyof PassageEnd]: PassageEnd[Key] } = { outcome: 'failed' };
    try {
      const answer = await this.#request(request, context, endpoint);
      end.outcome = 'answered';
      end.tokens = countTokens(answer.usage);
      return answer;
    } catch (error) {
      if (ProviderError.isInstance(error)) {
        if (isOverload(error)) end.outcome = 'refused';
        if (isUnreachable(error)) end.outcome = 'unsent';
        end.retryAfterMs = error.retryAfterMs;
      }
      throw error;
    } finally {
      limiter.leave(passage, end);
    }
  }

  async #request(request: LMRequest, context: CallContext, endpoint: Endpoint): Promise<LMAnswer> {
    const { clock } = this.#settings.services;
    const startedAt = clock.now();
    try {
      const answer = await this.#complete(request, context, endpoint);
      const durationMs = clock.now() - startedAt;
      const { usage } = answer;
      endpoint.health.reportAnswer();
      endpoint.times.noteAnswer(durationMs, usage);
      endpoint.tokens.note(usage);
      context.onTry({
        startedAt,
        durationMs,
        outcome: 'ok',
        provider: this.#settings.provider,
        model: endpoint.client.model,
        ...nameTokens(usage),
      });
      return answer;
    } catch (error) {
      throw this.#noteFailure(error, startedAt, context, endpoint);
    }
  }

  /** Tells who must know that a try failed. @returns the error to throw. */
  #noteFailure(error: unknown, startedAt: number, context: CallContext, endpoint: Endpoint): unknown {
    const { health, times, client } = endpoint;
    const { provider, services } = this.#settings;
    const durationMs = services.clock.now() - startedAt;
    const record: TryRecord = { startedAt, durationMs, outcome: 'error', provider, model: client.model };
    if (error instanceof DeadlineError) times.noteTimeout();
    const failure = error instanceof DeadlineError ? this.#timedOut(error, client) : error;
    if (!ProviderError.isInstance(failure)) {
      context.onTry({ ...record, reason: context.signal.aborted ? 'cancelled' : String(failure) });
      return failure;
    }
    if (failure.failure === 'transient') health.reportFailure(failure, context.idempotencyKey);
    else health.reportAnswer();
    const { code, statusCode, usage } = failure;
    if (!isUnreachable(failure)) context.onTry({ ...record, ...nameTokens(usage), statusCode, reason: code });
    return failure;
  }

  #complete(request: LMRequest, context: CallContext, { client, limiter, times }: Endpoint): Promise<LMAnswer> {
    const { timeoutMs } = this.#settings;
    const limitMs = timeoutMs ?? (() => times.limitMs(request.parameters.max_tokens));
    const { idempotencyKey, seed, stopping, age, task } = context;
    return withDeadline({ limitMs, signal: context.signal }, (running) =>
      client.complete(request, {
        idempotencyKey,
        seed,
        stopping,
        age,
        ...(task !== undefined && { task }),
        get signal() {
          return running.signal;
        },
        whenGivenUp: (listener) => running.whenGivenUp(listener),
        onTry: (record) => context.onTry(record),
        onHeaders: (headers) => limiter.observe(headers),
      }),
    );
  }

  #timedOut(error: DeadlineError, { endpoint }: LMClient): ProviderError {
    const details = { provider: this.#settings.provider, endpoint, reason: error.message };
    return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, { cause: error });
  }
}

const neverAborted = new AbortController().signal;

function nameTokens(usage: Usage = {}): Partial<TryRecord> {
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cachedTokens: usage.cached_tokens,
    reasoningTokens: usage.reasoning_tokens,
  };
}
