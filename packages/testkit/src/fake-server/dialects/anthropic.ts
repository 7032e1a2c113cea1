import type { FinishedAnswer } from '../answers/answer.js';
import type { LimitLevel } from '../limits/rate-limiter.js';
import { readAnthropicWish } from './anthropic-request.js';
import { writeAnthropicStream } from './anthropic-stream.js';
import type { DialectShape, Refusal, TextEndpoint, TextReply } from './dialect.js';

const refusals: Readonly<Record<Refusal, { status: number; type: string }>> = {
  unauthorized: { status: 401, type: 'authentication_error' },
  notFound: { status: 404, type: 'not_found_error' },
  unknownModel: { status: 404, type: 'not_found_error' },
  badRequest: { status: 400, type: 'invalid_request_error' },
  contextLength: { status: 400, type: 'invalid_request_error' },
  rateLimit: { status: 429, type: 'rate_limit_error' },
  serverError: { status: 500, type: 'api_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
};

/** `POST /v1/messages`. */
const messagesEndpoint: TextEndpoint = {
  kind: 'text',
  check: (body, headers) => {
    if (!('anthropic-version' in headers)) return 'anthropic-version: header is required';
    return Number.isInteger(body['max_tokens']) ? undefined : 'max_tokens: Field required';
  },
  read: readAnthropicWish,
  write: writeMessage,
  writeStream: (reply) => writeAnthropicStream(writeMessage(reply)),
};

/** Anthropic's API. */
export const anthropicDialect: DialectShape = {
  name: 'anthropic',
  endpoints: new Map([['/v1/messages', messagesEndpoint]]),
  streamType: 'text/event-stream; charset=utf-8',
  readKey: (headers) => (headers['x-api-key'] as string | undefined) ?? headers.authorization?.replace(/^Bearer /, ''),
  writeRefusal: (refusal, message) => {
    const { status, type } = refusals[refusal];
    return { status, body: { type: 'error', error: { type, message }, request_id: 'req_fake' } };
  },
  unknownModel: (model) => `model: ${model}`,
  writeLimits: ({ requests, tokens }) => ({
    ...(requests !== undefined && writeLevel('requests', requests)),
    ...(tokens !== undefined && writeLevel('tokens', tokens)),
  }),
  describe: ({ method, path, models, knowsModel }) => {
    if (method !== 'GET') return undefined;
    if (path === '/v1/models') {
      const data = models.map(describeModel);
      return {
        status: 200,
        body: { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null },
      };
    }
    if (!path.startsWith('/v1/models/')) return undefined;
    const id = decodeURIComponent(path.slice('/v1/models/'.length));
    return knowsModel(id)
      ? { status: 200, body: describeModel(id) }
      : anthropicDialect.writeRefusal('unknownModel', anthropicDialect.unknownModel(id));
  },
};

/** A message of the model, as Anthropic's API words it. */
export interface AnthropicMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly AnthropicBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: Readonly<Record<string, unknown>>;
}

/** A part of a message. */
export type AnthropicBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object };

function writeMessage({ id, model, wish, answers }: TextReply): AnthropicMessage {
  const answer = answers[0] as FinishedAnswer;
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: writeBlocks(answer),
    stop_reason: writeStopReason(answer),
    stop_sequence: null,
    usage: {
      input_tokens: wish.promptTokens - answer.cachedTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: answer.cachedTokens,
      output_tokens: answer.completionTokens,
      service_tier: 'standard',
    },
  };
}

function writeBlocks({ text, reasoning, refusal, toolCalls, identity }: FinishedAnswer): AnthropicBlock[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: 'thinking' as const, thinking: reasoning, signature: identity }]),
    ...(text === '' && refusal === undefined ? [] : [{ type: 'text' as const, text: refusal ?? text }]),
    ...toolCalls.map(({ name, arguments: input }, index) => ({
      type: 'tool_use' as const,
      id: `toolu_${identity}_${index}`,
      name,
      input,
    })),
  ];
}

function writeStopReason({ finishReason, refusal }: FinishedAnswer): string {
  if (refusal !== undefined) return 'refusal';
  return { stop: 'end_turn', length: 'max_tokens', toolCalls: 'tool_use' }[finishReason];
}

function writeLevel(name: string, { limit, remaining, resetAt }: LimitLevel): Record<string, string> {
  return {
    [`anthropic-ratelimit-${name}-limit`]: String(limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${name}-reset`]: `${new Date(resetAt).toISOString().slice(0, 19)}Z`,
  };
}

function describeModel(id: string) {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' };
}
