import { ProviderError } from '@dgt/core';
import type { Availability, CallContext, LMAnswer, LMClient, LMRequest } from '@dgt/core';
import { mapFailure, missingModelError, type ErrorScope } from '../http/http-error.js';
import { JsonHttp } from '../http/json-http.js';
import { createRedact } from '../http/redact.js';
import type { Server } from '../server-config.js';
import { readReply, type Reply } from './reply.js';
import { writeRequest } from './request.js';

/** The version of the API whose requests and replies are known here; later ones refuse sampling parameters of all models. */
const apiVersion = '2023-06-01';

/** One model behind Anthropic's API. */
export class AnthropicClient implements LMClient {
  readonly endpoint: string;
  readonly model: string;
  readonly credential: string;
  readonly #http: JsonHttp;
  readonly #scope: ErrorScope;

  constructor(server: Server, model: string) {
    const { endpoint, apiKey, headers, secrets } = server;
    this.endpoint = endpoint;
    this.model = model;
    this.credential = apiKey ?? '';
    this.#http = new JsonHttp({
      endpoint,
      headers: { 'x-api-key': apiKey, 'anthropic-version': apiVersion, ...headers },
    });
    this.#scope = {
      provider: 'anthropic',
      endpoint,
      model,
      keyName: 'ANTHROPIC_API_KEY',
      modelAdvice: 'Correct model_id_or_path; the list of models is in the console of Anthropic.',
      redact: createRedact(secrets),
    };
  }

  async complete(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    try {
      const reply = await this.#http.post('/v1/messages', writeRequest(request), context);
      return readReply(reply as Reply, this.#scope);
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      throw isMissingModel(failure) ? missingModelError(this.#scope, await this.#list(context.signal)) : failure;
    }
  }

  async checkAvailability(signal: AbortSignal): Promise<Availability> {
    try {
      await this.#http.get(`/v1/models/${encodeURIComponent(this.model)}`, { signal });
      return { available: true };
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      if (!ProviderError.isInstance(failure) || failure.code === 'DGT_PROVIDER_AUTH') throw failure;
      if (failure.failure === 'transient') return { available: false, reason: failure.message };
      if (!isMissingModel(failure)) return { available: true };
      const missing = missingModelError(this.#scope, await this.#list(signal));
      return { available: false, reason: missing.message, error: missing };
    }
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #list(signal: AbortSignal): Promise<string[]> {
    const page = await this.#http.get('/v1/models', { signal }).catch(() => undefined);
    const { data } = (page ?? {}) as { data?: readonly { readonly id?: unknown }[] };
    return Array.isArray(data) ? data.map(({ id }) => String(id)) : [];
  }
}

function isMissingModel(failure: unknown): boolean {
  return ProviderError.isInstance(failure) && failure.code === 'DGT_PROVIDER_MODEL_UNKNOWN';
}
