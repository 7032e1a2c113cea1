import { OpenAI } from 'openai';
import {
  ProviderError,
  type CallContext,
  type LMAnswer,
  type LMRequest,
  type Availability,
  type LMClient,
} from '@dgt/core';
import { readMessages } from '../../model-request.js';
import { toNativeParameters } from '../../parameters.js';
import { malformedAnswerError, mapHttpError, missingModelError, type ErrorScope } from '../http-error.js';
import { createRedact } from '../redact.js';
import type { Server } from '../server-config.js';
import { mapOpenAIError } from './errors.js';
import { officialChatParameters, openaiParameters } from './parameters.js';

type ChatReply = OpenAI.Chat.Completions.ChatCompletion;
type ChatRequest = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;
type CompletionRequest = OpenAI.Completions.CompletionCreateParamsNonStreaming;

// Time limits are kept by the layers above; setTimeout takes no more than this.
const noLimitMs = 2 ** 31 - 1;

/** One model behind an API of OpenAI's kind, through the official SDK. */
export class OpenAIClient implements LMClient {
  readonly endpoint: string;
  readonly model: string;
  readonly credential: string;
  readonly #openai: OpenAI;
  readonly #official: boolean;
  readonly #scope: ErrorScope;

  constructor(server: Server, model: string) {
    this.endpoint = server.endpoint;
    this.model = model;
    this.credential = server.apiKey ?? '';
    this.#official = isOfficial(server.endpoint);
    this.#openai = new OpenAI({
      baseURL: server.endpoint,
      // Servers of one's own often want no key, but the SDK insists on one.
      apiKey: server.apiKey ?? 'none',
      defaultHeaders: server.headers,
      maxRetries: 0,
      timeout: noLimitMs,
    });
    this.#scope = {
      provider: 'openai',
      endpoint: server.endpoint,
      model,
      keyName: 'OPENAI_API_KEY',
      modelAdvice: 'Correct model_id_or_path, or load the model on that server.',
      redact: createRedact(server.secrets),
    };
  }

  async complete(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const options = { signal: context.signal, headers: { 'Idempotency-Key': context.idempotencyKey } };
    try {
      if (request.method === 'completion') {
        const reply = await this.#openai.completions.create(this.#toCompletion(request), options);
        const choice = reply?.choices?.[0];
        return this.#readAnswer(choice?.text, choice?.finish_reason, reply?.usage);
      }
      const reply = await this.#openai.chat.completions.create(this.#toChat(request), options);
      const choice = reply?.choices?.[0];
      this.#checkRefusal(choice);
      return this.#readAnswer(choice?.message?.content, choice?.finish_reason, reply?.usage);
    } catch (error) {
      const failure = mapOpenAIError(error, this.#scope);
      throw isMissingModel(failure) ? missingModelError(this.#scope, await this.#list(context.signal)) : failure;
    }
  }

  async checkAvailability(signal: AbortSignal): Promise<Availability> {
    try {
      await this.#openai.models.retrieve(this.model, { signal });
      return { available: true };
    } catch (error) {
      const failure = mapOpenAIError(error, this.#scope);
      if (!ProviderError.isInstance(failure) || failure.code === 'DGT_PROVIDER_AUTH') throw failure;
      if (failure.failure === 'transient') return { available: false, reason: failure.message };
      const known = await this.#list(signal);
      const missing = missingModelError(this.#scope, known);
      if (isMissingModel(failure)) return { available: false, reason: missing.message, error: missing };
      // The server cannot be asked about one model: its list decides, and without a list the first call does. What a list
      // does not hold may still be served, under an alias, so that is no certain error.
      const isListed = known.some((id) => id === this.model || id.endsWith(`/${this.model}`));
      return known.length === 0 || isListed ? { available: true } : { available: false, reason: missing.message };
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #toCompletion(request: LMRequest): CompletionRequest {
    const parameters = toNativeParameters(request.parameters, openaiParameters.completion);
    return { model: this.model, prompt: request.input as string, ...parameters };
  }

  #toChat(request: LMRequest): ChatRequest {
    const names = this.#official ? officialChatParameters : openaiParameters.chat_completion;
    const messages = readMessages(request) as ChatRequest['messages'];
    return { model: this.model, messages, ...toNativeParameters(request.parameters, names) } as ChatRequest;
  }

  #checkRefusal(choice: ChatReply['choices'][number] | undefined): void {
    const refusal = choice?.message?.refusal;
    const filtered = choice?.finish_reason === 'content_filter' && !choice.message?.content;
    if (!refusal && !filtered) return;
    // Not the server's 200: for this row it is a refusal.
    throw mapHttpError(this.#scope, { status: 422, message: refusal || 'stopped by the content filter' });
  }

  #readAnswer(text: unknown, reason: string | undefined, usage: OpenAI.CompletionUsage | undefined): LMAnswer {
    if (typeof text !== 'string') throw malformedAnswerError(this.#scope, 'the reply has no text');
    // A model may well say nothing; a server that made no token has not answered.
    if (text === '' && !usage?.completion_tokens) throw malformedAnswerError(this.#scope, 'the reply is empty');
    return {
      text,
      finish_reason: reason === 'stop' || reason === 'length' ? reason : 'other',
      usage: { prompt_tokens: usage?.prompt_tokens, completion_tokens: usage?.completion_tokens },
    };
  }

  async #list(signal: AbortSignal): Promise<string[]> {
    const page = await this.#openai.models.list({ signal }).catch(() => undefined);
    return Array.isArray(page?.data) ? page.data.map(({ id }) => id) : [];
  }
}

/** Whether an address is OpenAI's own, which wants a key and newer parameter names. */
export function isOfficial(endpoint: string): boolean {
  return new URL(endpoint).hostname === 'api.openai.com';
}

function isMissingModel(failure: unknown): boolean {
  return ProviderError.isInstance(failure) && failure.code === 'DGT_PROVIDER_MODEL_UNKNOWN';
}
