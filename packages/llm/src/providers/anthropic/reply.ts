import type { FinishReason, LMAnswer, LMChoice, Usage } from '@dgt/core';
import { malformedAnswerError, mapHttpError, type ErrorScope } from '../http/http-error.js';
import { keepUsage } from '../http/keep-usage.js';

/** What is read of a reply of `/v1/messages`. */
export interface Reply {
  readonly content?: readonly ReplyBlock[] | null;
  readonly stop_reason?: string | null;
  readonly usage?: ReplyUsage | null;
}

interface ReplyBlock {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
}

interface ReplyUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
};

/** @throws {@link ProviderError} for a reply that is no answer, and for one in which the model refuses. */
export function readReply(reply: Reply | null | undefined, scope: ErrorScope): LMAnswer {
  const usage = readUsage(reply?.usage);
  return keepUsage(usage, () => ({ choices: [readChoice(reply, usage, scope)], usage }));
}

function readChoice(reply: Reply | null | undefined, usage: Usage, scope: ErrorScope): LMChoice {
  const blocks = reply?.content;
  if (!reply || !Array.isArray(blocks)) throw malformedAnswerError(scope, 'the reply has no content');
  const content = blocks as readonly ReplyBlock[];
  const text = joinTexts(content, 'text');
  // Not the server's 200: for this row it is a refusal.
  if (reply.stop_reason === 'refusal') {
    throw mapHttpError(scope, { status: 422, message: text || 'the model refused to answer' });
  }
  const reasoning = joinTexts(content, 'thinking');
  const calls = content.filter(({ type }) => type === 'tool_use').map(readToolCall);
  // A model may well say nothing; a server that made no token has not answered.
  if (content.length === 0 && !usage.completion_tokens) throw malformedAnswerError(scope, 'the reply is empty');
  return {
    text,
    finish_reason: finishReasons[reply.stop_reason ?? ''] ?? 'other',
    ...(reasoning !== '' && { reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function joinTexts(content: readonly ReplyBlock[], kind: 'text' | 'thinking'): string {
  return content.flatMap((block) => (block.type === kind ? [block[kind] ?? ''] : [])).join('');
}

function readToolCall({ id = '', name = '', input = {} }: ReplyBlock) {
  return { id, name, arguments: JSON.stringify(input) };
}

/** Of the prompt's tokens the API counts those apart that were read from its cache, or written to it. */
function readUsage(usage: ReplyUsage | null | undefined): Usage {
  if (!usage) return {};
  const { input_tokens, output_tokens, cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
  const thought = usage.output_tokens_details?.thinking_tokens;
  return {
    prompt_tokens: (input_tokens ?? 0) + (read ?? 0) + (written ?? 0),
    completion_tokens: output_tokens ?? undefined,
    ...(read && { cached_tokens: read }),
    ...(thought && { reasoning_tokens: thought }),
  };
}
