import { ProviderError } from '@dgt/core';
import type { Availability, CallContext, EmbeddingAnswer, EmbeddingClient, EmbeddingRequest } from '@dgt/core';
import type { LMAnswer, LMRequest } from '@dgt/core';
import type { StreamingClient } from '../../probe/streaming-client.js';
import { packEmbeddings } from '../../embedding/embedding-reply.js';
import { followStream } from '../http/follow-stream.js';
import { mapFailure, missingModelError, type ErrorScope } from '../http/http-error.js';
import { JsonHttp } from '../http/json-http.js';
import { createRedact } from '../http/redact.js';
import type { Server } from '../server-config.js';
import { readReply, type Reply } from './reply.js';
import { writeRequest } from './request.js';
import { readStreamEvent } from './stream.js';

/** What is read of a reply of `/api/embed`. */
interface EmbeddingReply {
  readonly embeddings?: readonly unknown[];
  readonly prompt_eval_count?: number;
}

/** One model on an Ollama server. */
export class OllamaClient implements StreamingClient, EmbeddingClient {
  readonly endpoint: string;
  readonly model: string;
  readonly credential: string;
  readonly #http: JsonHttp;
  readonly #scope: ErrorScope;

  constructor(server: Server, model: string) {
    this.endpoint = server.endpoint;
    this.model = model;
    this.credential = server.apiKey ?? '';
    const headers = { Authorization: server.apiKey && `Bearer ${server.apiKey}`, ...server.headers };
    this.#http = new JsonHttp({ endpoint: server.endpoint, headers });
    this.#scope = {
      provider: 'ollama',
      endpoint: server.endpoint,
      model,
      keyName: 'OLLAMA_API_KEY',
      modelAdvice: `Fetch the model with \`ollama pull ${model}\`, or correct model_id_or_path.`,
      redact: createRedact(server.secrets),
    };
  }

  async complete(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const path = request.method === 'completion' ? '/api/generate' : '/api/chat';
    const reply = await this.#post(path, writeRequest(request, context.seed), context);
    return readReply(reply as Reply, request, this.#scope);
  }

  async stream(request: LMRequest, context: CallContext, onToken: () => void): Promise<void> {
    const path = request.method === 'completion' ? '/api/generate' : '/api/chat';
    const body = { ...writeRequest(request, context.seed), stream: true };
    const send = (onLine: (line: string) => void) =>
      this.#explain(() => this.#http.stream(path, body, { ...context, onLine }), context);
    await followStream(send, { scope: this.#scope, read: readStreamEvent, onToken });
  }

  async embed(request: EmbeddingRequest, context: CallContext): Promise<EmbeddingAnswer> {
    const { model, input, dimensions } = request;
    // Otherwise a text that is too long loses its end without a word.
    const body = { model, input, truncate: false, ...(dimensions !== undefined && { dimensions }) };
    const reply = (await this.#post('/api/embed', body, context)) as EmbeddingReply | null;
    const embeddings = packEmbeddings(reply?.embeddings, input.length, this.#scope);
    return { embeddings, usage: { prompt_tokens: reply?.prompt_eval_count } };
  }

  async checkAvailability(signal: AbortSignal): Promise<Availability> {
    try {
      await this.#http.post('/api/show', { model: this.model }, { signal });
      return { available: true };
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      if (!ProviderError.isInstance(failure) || failure.code === 'DGT_PROVIDER_AUTH') throw failure;
      if (!isMissingModel(failure)) return { available: false, reason: failure.message };
      const missing = await this.#missingModel(signal);
      return { available: false, reason: missing.message, error: missing };
    }
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** @throws {@link ProviderError} for every failure of the server, with its models when it lacks this one. */
  #post(path: string, body: unknown, context: CallContext): Promise<unknown> {
    return this.#explain(() => this.#http.post(path, body, context), context);
  }

  async #explain<T>(send: () => Promise<T>, ending: Pick<CallContext, 'signal'>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      throw isMissingModel(failure) ? await this.#missingModel(ending.signal) : failure;
    }
  }

  async #missingModel(signal: AbortSignal): Promise<ProviderError> {
    const listed = (await this.#http.get('/api/tags', { signal }).catch(() => undefined)) as
      | { readonly models?: readonly { readonly name: string }[] }
      | undefined;
    return missingModelError(this.#scope, listed?.models?.map(({ name }) => name) ?? []);
  }
}

function isMissingModel(failure: unknown): boolean {
  return ProviderError.isInstance(failure) && failure.code === 'DGT_PROVIDER_MODEL_UNKNOWN';
}
