import { ConfigError, ProviderError, suggestNearest } from '@dgt/core';
import type {
  Availability,
  BatchFileClient,
  CallContext,
  EmbeddingAnswer,
  EmbeddingClient,
  EmbeddingRequest,
} from '@dgt/core';
import type { LMAnswer, LMRequest } from '@dgt/core';
import { packEmbeddings } from '../../embedding/embedding-reply.js';
import type { ParameterName } from '../../parameter-fields.js';
import type { ParameterNames } from '../../parameters.js';
import type { StreamingClient } from '../../probe/streaming-client.js';
import { followStream } from '../http/follow-stream.js';
import { malformedAnswerError, mapFailure, missingModelError, type ErrorScope } from '../http/http-error.js';
import { JsonHttp } from '../http/json-http.js';
import { createRedact } from '../http/redact.js';
import type { Server } from '../server-config.js';
import { readReply, type Reply } from './reply.js';
import { writeRequest } from './request.js';
import { findServerByOwner, serverProfiles, type ServerName } from './servers.js';
import { readStreamEvent } from './stream.js';

/** What a client of OpenAI's API needs to know. */
export interface OpenAIClientOptions {
  readonly server: Server;
  readonly model: string;
  /** Undefined: asked of the server, when a request has parameters that not all take. */
  readonly kind: ServerName | undefined;
  /** The parameters of the block, which its server must take. */
  readonly parameters: readonly ParameterName[];
  /** The parameters that are left out where the server does not take them. */
  readonly optional: ReadonlySet<string>;
  readonly provider: string;
  /** What the user sets to give another key. */
  readonly keyName: string;
  readonly authorization: Readonly<Record<string, string | undefined>>;
  readonly query?: string;
  /** Whether `/models` names what can be called; an Azure resource lists what could be deployed. */
  readonly listsModels: boolean;
  /** Before the paths that ask the model, such as `/deployments/gpt-4o`. */
  readonly modelPath?: string;
  /** Before the paths of requests in a batch file, such as `/v1`. Default: its calls stand in none. */
  readonly batchRoot?: string;
}

interface ModelEntry {
  readonly id?: unknown;
  readonly owned_by?: unknown;
}

/** What is read of a reply of `/embeddings`. */
interface EmbeddingReply {
  readonly data?: readonly { readonly index?: number; readonly embedding?: unknown }[];
  readonly usage?: { readonly prompt_tokens?: number } | null;
}

/** One model behind an API of OpenAI's kind. */
export class OpenAIClient implements StreamingClient, EmbeddingClient {
  readonly endpoint: string;
  readonly model: string;
  readonly credential: string;
  readonly batchFile: BatchFileClient | undefined;
  readonly #options: OpenAIClientOptions;
  readonly #http: JsonHttp;
  readonly #scope: ErrorScope;
  #names: Promise<ParameterNames> | undefined;

  constructor(options: OpenAIClientOptions) {
    const { server, model, provider, keyName, authorization, query = '', batchRoot } = options;
    this.endpoint = server.endpoint;
    this.model = model;
    this.credential = server.apiKey ?? '';
    this.#options = options;
    this.batchFile = batchRoot === undefined ? undefined : this.#openBatchFile(batchRoot);
    const headers = { ...authorization, ...server.headers };
    this.#http = new JsonHttp({ endpoint: server.endpoint, headers, query });
    this.#scope = {
      provider,
      endpoint: server.endpoint,
      model,
      keyName,
      modelAdvice: 'Correct model_id_or_path, or load the model on that server.',
      redact: createRedact(server.secrets),
    };
  }

  async complete(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const names = await this.#findNames(Object.keys(request.parameters) as ParameterName[], context);
    const reply = await this.#post(pathOf(request), writeRequest(request, names), context);
    return readReply(reply as Reply, request, this.#scope);
  }

  async stream(request: LMRequest, context: CallContext, onToken: () => void): Promise<void> {
    const names = await this.#findNames(Object.keys(request.parameters) as ParameterName[], context);
    const path = this.#modelPath + pathOf(request);
    const body = { ...writeRequest(request, names), stream: true };
    const send = (onLine: (line: string) => void) =>
      this.#explain(() => this.#http.stream(path, body, { ...context, onLine }), context);
    await followStream(send, { scope: this.#scope, read: readStreamEvent, onToken });
  }

  async embed(request: EmbeddingRequest, context: CallContext): Promise<EmbeddingAnswer> {
    const { model, input, dimensions } = request;
    // Not all servers know the packed form, but all know numbers.
    const encoding_format = this.#options.kind === 'openai' ? 'base64' : 'float';
    const body = { model, input, encoding_format, ...(dimensions !== undefined && { dimensions }) };
    const reply = (await this.#post('/embeddings', body, context)) as EmbeddingReply | null;
    const data = Array.isArray(reply?.data) ? (reply.data as NonNullable<EmbeddingReply['data']>) : [];
    const ordered = [...data].sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
    const given = ordered.map(({ embedding }) => embedding);
    const embeddings = packEmbeddings(given, input.length, this.#scope);
    return { embeddings, usage: { prompt_tokens: reply?.usage?.prompt_tokens } };
  }

  async checkAvailability(signal: AbortSignal): Promise<Availability> {
    try {
      await this.#findNames(this.#options.parameters, { signal });
      if (!this.#options.listsModels) {
        await this.#http.get('/models', { signal });
        return { available: true };
      }
      await this.#http.get(`/models/${encodeURIComponent(this.model)}`, { signal });
      return { available: true };
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      if (!ProviderError.isInstance(failure) || failure.code === 'DGT_PROVIDER_AUTH') throw failure;
      if (failure.failure === 'transient') return { available: false, reason: failure.message };
      if (!this.#options.listsModels) return { available: true };
      return this.#judgeByList(failure, signal);
    }
  }

  #openBatchFile(root: string): BatchFileClient {
    return {
      write: async (call, signal) => {
        const request = call as unknown as LMRequest;
        const names = await this.#findNames(Object.keys(request.parameters) as ParameterName[], { signal });
        return { url: root + pathOf(request), body: writeRequest(request, names) };
      },
      read: (body, call) => {
        const request = call as unknown as LMRequest;
        const answer = readReply(body as Reply, request, this.#scope);
        const asked = request.parameters.n ?? 1;
        const given = answer.choices.length;
        // Of a call that is made at once, the others would be asked for by further requests.
        if (given < asked) throw malformedAnswerError(this.#scope, `${given} of ${asked} answers that were asked for`);
        return { answer, usage: answer.usage };
      },
    };
  }

  get #modelPath(): string {
    return this.#options.modelPath ?? '';
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** @throws {@link ProviderError} for every failure of the server, with its models when it lacks this one. */
  #post(path: string, body: unknown, context: CallContext): Promise<unknown> {
    return this.#explain(() => this.#http.post(this.#modelPath + path, body, context), context);
  }

  async #explain<T>(send: () => Promise<T>, ending: Pick<CallContext, 'signal'>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const failure = mapFailure(error, this.#scope);
      if (!isMissingModel(failure) || !this.#options.listsModels) throw failure;
      const known = await this.#list(ending.signal).catch(() => []);
      throw missingModelError(this.#scope, known.map(readId));
    }
  }

  /** The server cannot be asked about one model, or says that it has none: its list decides, without a list the first call. */
  async #judgeByList(failure: ProviderError, signal: AbortSignal): Promise<Availability> {
    const known = (await this.#list(signal).catch(() => [])).map(readId);
    const missing = missingModelError(this.#scope, known);
    if (isMissingModel(failure)) return { available: false, reason: missing.message, error: missing };
    // What a list does not hold may still be served, under an alias, so that is no certain error.
    const isListed = known.some((id) => id === this.model || id.endsWith(`/${this.model}`));
    return known.length === 0 || isListed ? { available: true } : { available: false, reason: missing.message };
  }

  /** What the server calls parameters. Who serves is asked only when it matters. */
  async #findNames(asked: readonly ParameterName[], ending: Pick<CallContext, 'signal'>): Promise<ParameterNames> {
    const { kind, optional } = this.#options;
    if (kind !== undefined) return serverProfiles[kind].parameters;
    const { other } = serverProfiles;
    // Answers that a server without `n` does not give are asked for by further requests.
    const parameters = asked.filter((name) => name !== 'n' && !optional.has(name));
    if (parameters.every((name) => Object.hasOwn(other.parameters.chat_completion, name))) return other.parameters;
    this.#names ??= this.#detect(ending.signal);
    const names = await this.#names.catch((error: unknown) => {
      this.#names = undefined;
      throw mapFailure(error, this.#scope);
    });
    const known = Object.keys(names.chat_completion);
    const refused = parameters.find((name) => !known.includes(name));
    if (refused === undefined) return names;
    const details = {
      provider: `${this.#options.provider} at ${this.endpoint}`,
      parameter: refused,
      nearest: suggestNearest(refused, known),
      known: `${known.sort().join(', ')}; \`server:\` says what kind of server it is`,
    };
    if (this.#options.parameters.includes(refused)) throw new ConfigError('DGT_PARAMETER_UNSUPPORTED', details);
    throw new ProviderError('DGT_PARAMETER_UNSUPPORTED', 'permanent', details);
  }

  async #detect(signal: AbortSignal): Promise<ParameterNames> {
    const owners = (await this.#list(signal)).map(({ owned_by }) => findServerByOwner(owned_by));
    return serverProfiles[owners.find((owner) => owner !== undefined) ?? 'other'].parameters;
  }

  async #list(signal: AbortSignal): Promise<readonly ModelEntry[]> {
    const page = (await this.#http.get('/models', { signal })) as { data?: unknown } | null;
    return Array.isArray(page?.data) ? (page.data as ModelEntry[]) : [];
  }
}

function pathOf({ method }: LMRequest): string {
  return method === 'completion' ? '/completions' : '/chat/completions';
}

function readId({ id }: ModelEntry): string {
  return String(id);
}

function isMissingModel(failure: unknown): boolean {
  return ProviderError.isInstance(failure) && failure.code === 'DGT_PROVIDER_MODEL_UNKNOWN';
}
