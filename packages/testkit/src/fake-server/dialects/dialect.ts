import type { IncomingHttpHeaders } from 'node:http';
import type { FinishedAnswer } from '../answers/answer.js';
import type { Dialect } from '../fake-request.js';
import type { LimitState } from '../limits/rate-limiter.js';
import type { Wish } from '../wish.js';

/** The JSON of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** A response that is ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Why a request is not answered. */
export type Refusal =
  | 'unauthorized'
  | 'notFound'
  | 'unknownModel'
  | 'badRequest'
  | 'contextLength'
  | 'rateLimit'
  | 'serverError'
  | 'overloaded';

/** What a reply to a wish is written from. */
export interface TextReply {
  /** Names the reply: the same for the same call. */
  readonly id: string;
  readonly model: string;
  readonly wish: Wish;
  /** For each prompt its choices, in order. */
  readonly answers: readonly FinishedAnswer[];
}

/** What a reply with embeddings is written from. */
export interface EmbeddingReply {
  readonly model: string;
  readonly body: Body;
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** A path at which a model is asked for text. */
export interface TextEndpoint {
  readonly kind: 'text';
  /** What is wrong with a request, beyond its model. */
  check?(body: Body, headers: IncomingHttpHeaders): string | undefined;
  read(body: Body): Wish;
  write(reply: TextReply): unknown;
  /** The pieces of a streamed reply, in order; joined they are the whole of it. */
  writeStream(reply: TextReply, body: Body): string[];
}

/** A path at which a model is asked for embeddings. */
export interface EmbeddingEndpoint {
  readonly kind: 'embedding';
  readTexts(body: Body): readonly string[];
  write(reply: EmbeddingReply): unknown;
}

export type Endpoint = TextEndpoint | EmbeddingEndpoint;

/** How one API words its requests and answers. */
export interface DialectShape {
  readonly name: Dialect;
  /** Where answers are asked for. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** The content type of streamed replies. */
  readonly streamType: string;
  readKey(headers: IncomingHttpHeaders): string | undefined;
  writeRefusal(refusal: Refusal, message: string): Reply;
  unknownModel(model: string): string;
  /** The headers that tell a client how much it may still ask. */
  writeLimits(state: LimitState): Record<string, string>;
  /** Answers everything that asks for no answer of a model, such as the list of models. */
  describe(request: InfoRequest): Reply | undefined;
}

/** A request about the server and its models. */
export interface InfoRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Body;
  readonly models: readonly string[];
  knowsModel(model: string): boolean;
}

/** The text of a message, which may come in parts. */
export function readContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : ''))
    .filter(Boolean)
    .join('\n');
}

/** The texts of all messages of a chat. */
export function readMessages(body: Body): string[] {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return [];
  return messages.map((message: { content?: unknown } | null) => readContent(message?.content));
}
