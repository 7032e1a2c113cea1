import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { ProviderError } from '@dgt/core';
import type { Availability, BlockServices, CallContext, LMAnswer, LMClient, LMRequest } from '@dgt/core';
import { DeadlineError, withDeadline } from './deadline.js';
import { EndpointHealth, isUnreachable } from './endpoint-health.js';
import { SlotLimiter, type Release } from './limiter.js';
import { callWithRetry } from './retry.js';

/** How a block wants its calls made. */
export interface CallSettings {
  /** Who serves the model, for errors. */
  readonly provider: string;
  readonly services: BlockServices;
  readonly callLimit: number;
  /** How long one try may take. @unit milliseconds */
  readonly timeoutMs: number;
  /** @unit milliseconds */
  readonly maxOutageMs: number;
  readonly maxRetries: number;
}

// Whether a server is there is known soon, or the fallback is the better choice.
const longestCheckMs = 10_000;

/** The layers below the ledger, for one block: retry, then limiter, then client. */
export class ModelCaller {
  readonly client: LMClient;
  readonly #settings: CallSettings;
  readonly #health: EndpointHealth;
  /** The block's own limit first, then the one it shares with all who call the same model with the same credential. */
  readonly #limiters: readonly SlotLimiter[];

  constructor(client: LMClient, settings: CallSettings) {
    const { services, callLimit } = settings;
    this.client = client;
    this.#settings = settings;
    this.#health = services.share(`llm/health ${client.endpoint}`, () => new EndpointHealth(services.clock));
    const account = createHash('sha256')
      .update(client.credential ?? '')
      .digest('hex')
      .slice(0, 16);
    const shared = services.share(
      `llm/limiter ${JSON.stringify([client.endpoint, account, client.model])}`,
      () => new SlotLimiter(callLimit),
    );
    this.#limiters = [new SlotLimiter(callLimit), shared.raise(callLimit)];
  }

  /** Calls the model until it answers or fails for good. */
  call(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const { services, maxRetries, maxOutageMs } = this.#settings;
    // Every call of a run listens to the one signal; Node would warn of a leak at the eleventh.
    setMaxListeners(0, context.signal, context.stopping);
    return callWithRetry(() => this.#tryOnce(request, context), {
      health: this.#health,
      clock: services.clock,
      maxRetries,
      maxOutageMs,
      signal: context.stopping,
    });
  }

  /** Asks once whether the model can be called. */
  async checkAvailability(signal: AbortSignal): Promise<Availability> {
    const limitMs = Math.min(this.#settings.timeoutMs, longestCheckMs);
    try {
      return await withDeadline({ limitMs, signal }, (checkSignal) => this.client.checkAvailability(checkSignal));
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      return { available: false, reason: this.#timedOut(error).message };
    }
  }

  async #tryOnce(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const { stopping: signal } = context;
    const releases: Release[] = [];
    try {
      for (const limiter of this.#limiters) releases.push(await limiter.acquire(context.age, signal));
      const leave = await this.#health.admit({ signal, maxOutageMs: this.#settings.maxOutageMs });
      try {
        return await this.#request(request, context);
      } finally {
        leave();
      }
    } finally {
      for (const release of releases) release();
    }
  }

  async #request(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const { clock } = this.#settings.services;
    const startedAt = clock.now();
    const elapsed = () => ({ startedAt, durationMs: clock.now() - startedAt });
    try {
      const answer = await this.#complete(request, context);
      this.#health.reportAnswer();
      const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = answer.usage;
      context.onTry({ ...elapsed(), outcome: 'ok', promptTokens, completionTokens });
      return answer;
    } catch (error) {
      const failure = error instanceof DeadlineError ? this.#timedOut(error) : error;
      if (!ProviderError.isInstance(failure)) {
        const reason = context.signal.aborted ? 'cancelled' : String(failure);
        context.onTry({ ...elapsed(), outcome: 'error', reason });
        throw failure;
      }
      if (failure.failure === 'transient') this.#health.reportFailure(failure);
      else this.#health.reportAnswer();
      const { code, statusCode } = failure;
      if (!isUnreachable(failure)) context.onTry({ ...elapsed(), outcome: 'error', statusCode, reason: code });
      throw failure;
    }
  }

  #complete(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const onTry: CallContext['onTry'] = (record) => context.onTry(record);
    return withDeadline({ limitMs: this.#settings.timeoutMs, signal: context.signal }, (signal) =>
      this.client.complete(request, { ...context, signal, onTry }),
    );
  }

  #timedOut(error: DeadlineError): ProviderError {
    const details = { provider: this.#settings.provider, endpoint: this.client.endpoint, reason: error.message };
    return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, { cause: error });
  }
}
