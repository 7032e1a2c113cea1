import type { FinishReason, LMAnswer, LMChoice, LMRequest, TokenLogprob, Usage } from '@dgt/core';
import { malformedAnswerError, mapHttpError, type ErrorScope } from '../http/http-error.js';
import { keepUsage } from '../http/keep-usage.js';
import { splitThinking } from '../thinking.js';

// What is read of a reply; servers of other makers than OpenAI leave out what they like.

/** The reply of `/completions` or `/chat/completions`. */
export interface Reply {
  readonly choices?: readonly ReplyChoice[] | null;
  readonly usage?: ReplyUsage | null;
}

interface ReplyChoice {
  readonly index?: number | null;
  readonly text?: string | null;
  readonly message?: ReplyMessage | null;
  readonly finish_reason?: string | null;
  readonly logprobs?: ReplyLogprobs | null;
}

interface ReplyMessage {
  readonly content?: string | null;
  readonly refusal?: string | null;
  /** DeepSeek's name for what the model thought, which most servers took over. */
  readonly reasoning_content?: string | null;
  /** The name of it at OpenRouter and newer versions of vLLM. */
  readonly reasoning?: string | null;
  readonly tool_calls?: readonly ReplyToolCall[] | null;
}

interface ReplyToolCall {
  readonly id?: string | null;
  readonly function?: { readonly name?: string; readonly arguments?: unknown } | null;
}

interface ReplyLogprobs {
  readonly content?: readonly ReplyLogprob[] | null;
  readonly tokens?: readonly string[] | null;
  readonly token_logprobs?: readonly (number | null)[] | null;
  readonly top_logprobs?: readonly (Readonly<Record<string, number>> | null)[] | null;
}

interface ReplyLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[] | null;
}

interface ReplyUsage {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
}

/** @throws {@link ProviderError} for a reply that is no answer, and for one in which the model refuses. */
export function readReply(reply: Reply | null | undefined, request: LMRequest, scope: ErrorScope): LMAnswer {
  const usage = readUsage(reply?.usage);
  return keepUsage(usage, () => ({ choices: readChoices(reply, { request, scope, usage }), usage }));
}

function readChoices(
  reply: Reply | null | undefined,
  { request, scope, usage }: { request: LMRequest; scope: ErrorScope; usage: Usage },
): LMChoice[] {
  const given = Array.isArray(reply?.choices) ? (reply.choices as readonly ReplyChoice[]) : [];
  const choices = [...given].sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
  if (choices.length === 0) throw malformedAnswerError(scope, 'the reply has no choices');
  checkRefusals(choices, scope);
  const read = choices.map((choice) => readChoice(choice, request, scope));
  // A model may well say nothing; a server that made no token has not answered.
  if (!usage.completion_tokens && read.every(isEmpty)) throw malformedAnswerError(scope, 'the reply is empty');
  return read;
}

function checkRefusals(choices: readonly ReplyChoice[], scope: ErrorScope): void {
  const refusals = choices.map(({ message, finish_reason, text }) => {
    const filtered = finish_reason === 'content_filter' && !message?.content && !text;
    return message?.refusal || (filtered ? 'stopped by the content filter' : undefined);
  });
  const [refusal] = refusals;
  // Not the server's 200: for this row it is a refusal.
  if (refusal !== undefined && refusals.every(Boolean)) throw mapHttpError(scope, { status: 422, message: refusal });
}

function readChoice(choice: ReplyChoice, request: LMRequest, scope: ErrorScope): LMChoice {
  const finish_reason = readFinishReason(choice.finish_reason);
  const logprobs = readLogprobs(choice.logprobs);
  if (request.method === 'completion') {
    const { text } = choice;
    if (typeof text !== 'string') throw malformedAnswerError(scope, 'the reply has no text');
    return { text, finish_reason, ...(logprobs && { logprobs }) };
  }
  const { message } = choice;
  const calls = readToolCalls(message?.tool_calls);
  const thought = message?.reasoning_content ?? message?.reasoning ?? undefined;
  const content = message?.content ?? (calls || thought !== undefined || message?.refusal ? '' : undefined);
  if (typeof content !== 'string') throw malformedAnswerError(scope, 'the reply has no text');
  const { text, reasoning = thought } = thought === undefined ? splitThinking(content) : { text: content };
  return {
    text,
    finish_reason: calls && finish_reason === 'stop' ? 'tool_calls' : finish_reason,
    ...(reasoning && { reasoning }),
    ...(calls && { tool_calls: calls }),
    ...(logprobs && { logprobs }),
  };
}

function readFinishReason(reason: string | null | undefined): FinishReason {
  if (reason === 'stop' || reason === 'length' || reason === 'tool_calls') return reason;
  // TGI's words for the first of these.
  return reason === 'eos_token' || reason === 'stop_sequence' ? 'stop' : 'other';
}

function readToolCalls(calls: ReplyMessage['tool_calls']): LMChoice['tool_calls'] {
  if (!calls || calls.length === 0) return undefined;
  return calls.map((call, index) => {
    const given = call.function?.arguments ?? '';
    return {
      id: call.id || `call_${index}`,
      name: call.function?.name ?? '',
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    };
  });
}

function readLogprobs(logprobs: ReplyLogprobs | null | undefined): readonly TokenLogprob[] | undefined {
  if (!logprobs) return undefined;
  if (logprobs.content) return logprobs.content.map(readLogprob);
  const { tokens, token_logprobs: values, top_logprobs: tops } = logprobs;
  return tokens?.map((token, index) => {
    const top_logprobs = Object.entries(tops?.[index] ?? {}).map(([name, logprob]) => ({ token: name, logprob }));
    return readLogprob({ token, logprob: values?.[index] ?? 0, top_logprobs });
  });
}

/** A token without what else a server says of it. */
export function readLogprob({ token, logprob, top_logprobs: top }: ReplyLogprob): TokenLogprob {
  if (!top || top.length === 0) return { token, logprob };
  return { token, logprob, top_logprobs: top.map((one) => ({ token: one.token, logprob: one.logprob })) };
}

function readUsage(usage: ReplyUsage | null | undefined): Usage {
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  const reasoned = usage?.completion_tokens_details?.reasoning_tokens;
  return {
    prompt_tokens: usage?.prompt_tokens ?? undefined,
    completion_tokens: usage?.completion_tokens ?? undefined,
    ...(cached && { cached_tokens: cached }),
    ...(reasoned && { reasoning_tokens: reasoned }),
  };
}

function isEmpty({ text, tool_calls, reasoning }: LMChoice): boolean {
  return text === '' && tool_calls === undefined && reasoning === undefined;
}
