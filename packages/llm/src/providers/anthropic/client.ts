import { ProviderError } from '@dgt/core';
import type { Availability, CallContext, LMAnswer, LMRequest } from '@dgt/core';
import type { StreamingClient } from '../../probe/streaming-client.js';
import { followStream } from '../http/follow-stream.js';
import { mapFailure, missingModelError, type ErrorScope } from '../http/http-error.js';
import { JsonHttp } from '../http/json-http.js';
import { createRedact } from '../http/redact.js';
import type { Server } from '../server-config.js';
import { readReply, type Reply } from './reply.js';
import { writeRequest } from './request.js';
import { readStreamEvent } from './stream.js';

/** The version of the API whose requests and replies are known here; later ones refuse sampling parameters of all models. */
const apiVersion = '2023-06-01';

/** One model behind Anthropic's API. */
export class AnthropicClient implements StreamingClient {
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
    const send = () => this.#http.post('/v1/messages', writeRequest(request), context);
    return readReply((await this.#explain(send, context)) as Reply, this.#scope);
  }

  async stream(request: LMRequest, context: CallContext, onToken: () => void): Promise<void> {
    const body = { ...writeRequest(request), stream: true };
    const send = (onLine: (line: string) => void) =>
      this.#explain(() => this.#http.stream('/v1/messages', body, { ...context, onLine }), context);
    await followStream(send, { scope: this.#scope, read: readStreamEvent, onToken });
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

  /** @throws {@link ProviderError} for every failure of the server, with its models when it lacks this one. */
  async #explain<T>(send: () => Promise<T>, ending: Pick<CallContext, 'signal'>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      throw isMissingModel(failure) ? missingModelError(this.#scope, await this.#list(ending.signal)) : failure;
    }
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
