import { ProviderError, type LMRequest } from '@dgt/core';
import type { ChatHistoryItem, ChatModelFunctions, Token } from 'node-llama-cpp';
import { refuseRequest, toFunctions, toHistory } from './chat-history.js';
import type { LoadedModel } from './loaded-model.js';

/** A request in the terms of one model: text to continue, or a chat in the model's own template. */
export type Prompt = Content & {
  /** How many tokens the answer can have. Minimum: 1. */
  readonly answerRoom: number;
};

type Content =
  | { readonly kind: 'completion'; readonly tokens: Token[] }
  | {
      readonly kind: 'chat';
      readonly history: ChatHistoryItem[];
      /** The tools that the model may call. */
      readonly functions: ChatModelFunctions | undefined;
    };

/**
 * Turns the input of a request into tokens or a chat, and measures it.
 *
 * @throws {@link ProviderError} DGT_PROMPT_TOO_LONG when it leaves no room for an answer; DGT_PROVIDER_REQUEST for
 *   messages that a model file cannot take, and for a row's `num_ctx` above the block's.
 */
export function readPrompt(request: LMRequest, loaded: LoadedModel): Prompt {
  const limit = readLimit(request, loaded);
  const isText = request.method === 'completion' && typeof request.input === 'string';
  const content = isText ? readText(request.input, loaded) : readChat(request);
  const tokenCount = countTokens(content, loaded);
  // The last place of a sequence stays free: filling it would make llama.cpp drop the start of the prompt.
  const answerRoom = limit - 1 - tokenCount;
  if (answerRoom >= 1) return { ...content, answerRoom };
  const details = { tokens: tokenCount, model: request.model, limit };
  throw new ProviderError('DGT_PROMPT_TOO_LONG', 'permanent', details);
}

function readLimit(request: LMRequest, { contextSize }: LoadedModel): number {
  const { num_ctx: limit = contextSize } = request.parameters;
  if (limit <= contextSize) return limit;
  throw refuseRequest(
    request,
    `num_ctx ${limit} of the row is above the ${contextSize} that the block was loaded with`,
  );
}

function readText(text: string, { model }: LoadedModel): Content {
  return { kind: 'completion', tokens: model.tokenize(text, false, begins(model) ? 'trimLeadingSpace' : undefined) };
}

function readChat(request: LMRequest): Content {
  return { kind: 'chat', history: toHistory(request), functions: toFunctions(request) };
}

function countTokens(content: Content, { chatWrapper, model }: LoadedModel): number {
  if (content.kind === 'completion') return content.tokens.length + (begins(model) ? 1 : 0);
  const { contextText } = chatWrapper.generateContextState({
    chatHistory: content.history,
    ...(content.functions && { availableFunctions: content.functions, documentFunctionParams: true }),
  });
  return contextText.tokenize(model.tokenizer).length;
}

/** Whether llama.cpp puts a token of its own before a text. */
function begins({ tokens }: LoadedModel['model']): boolean {
  return tokens.shouldPrependBosToken;
}
