import { Ollama, type ChatResponse, type GenerateResponse, type Options } from 'ollama';
import {
  ProviderError,
  type CallContext,
  type LMAnswer,
  type LMRequest,
  type ResponseFormat,
  type Availability,
  type LMClient,
} from '@dgt/core';
import { readMessages } from '../../model-request.js';
import { toNativeParameters } from '../../parameters.js';
import { malformedAnswerError, missingModelError, type ErrorScope } from '../http-error.js';
import { createRedact } from '../redact.js';
import type { Server } from '../server-config.js';
import { mapOllamaError, readRefusal } from './errors.js';
import { ollamaParameters } from './parameters.js';

interface Sending {
  readonly signal: AbortSignal;
  readonly idempotencyKey?: string;
}

type Format = { format: string | object } | undefined;

/** One model on an Ollama server, through the official SDK. */
export class OllamaClient implements LMClient {
  readonly endpoint: string;
  readonly model: string;
  readonly credential: string;
  readonly #server: Server;
  readonly #scope: ErrorScope;

  constructor(server: Server, model: string) {
    this.endpoint = server.endpoint;
    this.model = model;
    this.credential = server.apiKey ?? '';
    this.#server = server;
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
    try {
      const ollama = this.#open(context);
      return request.method === 'completion'
        ? this.#readCompletion(await ollama.generate(this.#toGenerate(request, context.seed)))
        : this.#readChat(await ollama.chat(this.#toChat(request, context.seed)));
    } catch (error) {
      const failure = mapOllamaError(error, this.#scope);
      throw isMissingModel(failure) ? await this.#missingModel(context.signal) : failure;
    }
  }

  async checkAvailability(signal: AbortSignal): Promise<Availability> {
    try {
      await this.#open({ signal }).show({ model: this.model });
      return { available: true };
    } catch (error) {
      const failure = mapOllamaError(error, this.#scope);
      if (!ProviderError.isInstance(failure) || failure.code === 'DGT_PROVIDER_AUTH') throw failure;
      if (!isMissingModel(failure)) return { available: false, reason: failure.message };
      const missing = await this.#missingModel(signal);
      return { available: false, reason: missing.message, error: missing };
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  // The SDK takes headers and signals for a whole client only, so each request has a client of its own; it is cheap.
  #open(sending: Sending): Ollama {
    const { headers, apiKey, endpoint } = this.#server;
    const send = async (url: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> => {
      const response = await fetch(url, {
        ...init,
        signal: sending.signal,
        headers: {
          ...(init.headers as Record<string, string>),
          ...(apiKey && { Authorization: `Bearer ${apiKey}` }),
          ...headers,
          ...(sending.idempotencyKey && { 'Idempotency-Key': sending.idempotencyKey }),
        },
      });
      if (!response.ok) throw await readRefusal(response);
      return response;
    };
    return new Ollama({ host: endpoint, fetch: send });
  }

  #toGenerate(request: LMRequest, seed: number) {
    return {
      model: this.model,
      prompt: request.input as string,
      stream: false as const,
      ...readOptions(request, seed),
    };
  }

  #toChat(request: LMRequest, seed: number) {
    const messages = readMessages(request).map(({ role, content }) => ({ role, content }));
    return { model: this.model, messages, stream: false as const, ...readOptions(request, seed) };
  }

  #readCompletion(reply: GenerateResponse): LMAnswer {
    return this.#readAnswer(reply?.response, reply);
  }

  #readChat(reply: ChatResponse): LMAnswer {
    return this.#readAnswer(reply?.message?.content, reply);
  }

  #readAnswer(text: unknown, reply: GenerateResponse | ChatResponse): LMAnswer {
    if (typeof text !== 'string') throw malformedAnswerError(this.#scope, 'the reply has no text');
    const { done_reason, prompt_eval_count, eval_count } = reply;
    // A model may well say nothing; a server that made no token has not answered.
    if (text === '' && !eval_count) throw malformedAnswerError(this.#scope, 'the reply is empty');
    return {
      text,
      finish_reason: done_reason === 'stop' || done_reason === 'length' ? done_reason : 'other',
      usage: { prompt_tokens: prompt_eval_count, completion_tokens: eval_count },
    };
  }

  async #missingModel(signal: AbortSignal): Promise<ProviderError> {
    const listed = await this.#open({ signal })
      .list()
      .catch(() => undefined);
    return missingModelError(this.#scope, listed?.models?.map(({ name }) => name) ?? []);
  }
}

function readOptions(request: LMRequest, seed: number): { options: Partial<Options>; format?: string | object } {
  const { response_format, ...parameters } = request.parameters;
  const options = toNativeParameters({ seed, ...parameters }, ollamaParameters[request.method]) as Partial<Options>;
  return { options, ...readFormat(response_format) };
}

function readFormat(format: ResponseFormat | undefined): Format {
  if (format === undefined) return undefined;
  return { format: format.type === 'json_object' ? 'json' : (format.json_schema.schema as object) };
}

function isMissingModel(failure: unknown): boolean {
  return ProviderError.isInstance(failure) && failure.code === 'DGT_PROVIDER_MODEL_UNKNOWN';
}
