import type { FinishReason, LMAnswer, LMChoice, LMRequest, TokenLogprob } from '@dgt/core';
import { malformedAnswerError, type ErrorScope } from '../http/http-error.js';
import { splitThinking } from '../thinking.js';

/** What is read of a reply of `/api/generate` or `/api/chat`. */
export interface Reply {
  readonly response?: unknown;
  readonly thinking?: string | null;
  readonly message?: {
    readonly content?: unknown;
    readonly thinking?: string | null;
    readonly tool_calls?: readonly ReplyToolCall[] | null;
  } | null;
  readonly done_reason?: string | null;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
  readonly logprobs?: readonly TokenLogprob[] | null;
}

interface ReplyToolCall {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: unknown };
}

/** @throws {@link ProviderError} for a reply that is no answer. */
export function readReply(reply: Reply | null | undefined, request: LMRequest, scope: ErrorScope): LMAnswer {
  const isChat = request.method === 'chat_completion';
  const content = isChat ? reply?.message?.content : reply?.response;
  if (!reply || typeof content !== 'string') throw malformedAnswerError(scope, 'the reply has no text');
  const { prompt_eval_count, eval_count, logprobs } = reply;
  const calls = readToolCalls(reply.message?.tool_calls);
  const thought = (isChat ? reply.message?.thinking : reply.thinking) || undefined;
  const { text, reasoning = thought } = thought === undefined ? splitThinking(content) : { text: content };
  // A model may well say nothing; a server that made no token has not answered.
  if (content === '' && !calls && !thought && !eval_count) throw malformedAnswerError(scope, 'the reply is empty');
  const choice: LMChoice = {
    text,
    finish_reason: calls ? 'tool_calls' : readFinishReason(reply.done_reason),
    ...(reasoning && { reasoning }),
    ...(calls && { tool_calls: calls }),
    ...(logprobs && { logprobs: logprobs.map(readLogprob) }),
  };
  return { choices: [choice], usage: { prompt_tokens: prompt_eval_count, completion_tokens: eval_count } };
}

function readFinishReason(reason: string | null | undefined): FinishReason {
  return reason === 'stop' || reason === 'length' ? reason : 'other';
}

function readToolCalls(calls: readonly ReplyToolCall[] | null | undefined): LMChoice['tool_calls'] {
  if (!calls || calls.length === 0) return undefined;
  return calls.map((call, index) => ({
    id: call.id ?? `call_${index}`,
    name: call.function?.name ?? '',
    arguments: JSON.stringify(call.function?.arguments ?? {}),
  }));
}

function readLogprob({ token, logprob, top_logprobs: top }: TokenLogprob): TokenLogprob {
  if (!top || top.length === 0) return { token, logprob };
  return { token, logprob, top_logprobs: top.map((one) => ({ token: one.token, logprob: one.logprob })) };
}
