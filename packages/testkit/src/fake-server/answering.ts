import type { FinishedAnswer } from './answers/answer.js';
import type { Body, DialectShape, EmbeddingEndpoint, Endpoint, Refusal, TextEndpoint } from './dialects/dialect.js';
import { defaultEmbeddingSize, embedText } from './embedding.js';
import { readFakeRequest, type FakeRequest } from './fake-request.js';
import type { Fault } from './faults.js';
import { createEmptyAnswer, createRefusal, FakeModel } from './model.js';
import { isBadRequest, knowsModel, type FakeServerOptions } from './options.js';
import type { TokensUsed } from './report/tokens-used.js';
import { countTokens } from './tokens.js';
import { plainWish } from './wish.js';

/** A request for an answer of a model, before it is understood. */
export interface Question {
  readonly dialect: DialectShape;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  /** The body as it was sent, and read. */
  readonly text: string;
  readonly body: Body;
}

/** An answer that is ready to be sent. */
export interface Written {
  readonly body: unknown;
  /** A streamed answer, in its pieces. */
  readonly pieces: readonly string[] | undefined;
  readonly tokens: TokensUsed;
}

/** Why a question is not answered, in words. */
export interface Refused {
  readonly refusal: Refusal;
  readonly message: string;
}

/** Understands questions and writes the answers to them, without any wait or limit. */
export class Answering {
  readonly #options: FakeServerOptions;
  readonly #model: FakeModel;
  readonly #attempts = new Map<string, number>();

  constructor(options: FakeServerOptions) {
    this.#options = options;
    this.#model = new FakeModel(options);
  }

  read({ dialect, endpoint, path, idempotencyKey, text, body }: Question): FakeRequest {
    const wish = endpoint.kind === 'text' ? endpoint.read(body) : readEmbeddingWish(endpoint, body);
    const countAttempt = (identity: string) => this.#countAttempt(identity);
    return readFakeRequest({ dialect: dialect.name, path, idempotencyKey, text, body, wish, countAttempt });
  }

  /** What is wrong with a request; undefined when nothing is. */
  check(asked: FakeRequest, { dialect }: Pick<Question, 'dialect'>): Refused | undefined {
    const { models, badRequest, contextLength } = this.#options;
    if (!knowsModel(models, asked.model))
      return { refusal: 'unknownModel', message: dialect.unknownModel(asked.model) };
    if (isBadRequest(asked, badRequest)) return { refusal: 'badRequest', message: 'this request cannot be served' };
    const { promptTokens, maxTokens = 0 } = asked.wish;
    return contextLength !== undefined && promptTokens + maxTokens > contextLength
      ? { refusal: 'contextLength', message: describeExcess(contextLength, promptTokens + maxTokens) }
      : undefined;
  }

  /** @param fault of those that change what is answered. */
  write(asked: FakeRequest, endpoint: Endpoint, fault?: Fault): Written {
    return endpoint.kind === 'text'
      ? this.#writeText(asked, endpoint, fault)
      : this.#writeVectors(asked, endpoint, fault);
  }

  #writeText(asked: FakeRequest, endpoint: TextEndpoint, fault: Fault | undefined): Written {
    const { wish, identity, model, body } = asked;
    const answers = this.#makeAnswers(asked, fault);
    const reply = { id: identity, model, wish, answers };
    return {
      body: wish.isStream ? undefined : endpoint.write(reply),
      pieces: wish.isStream ? endpoint.writeStream(reply, body) : undefined,
      tokens: sumTokens(wish.promptTokens, answers),
    };
  }

  #makeAnswers(asked: FakeRequest, fault: Fault | undefined): FinishedAnswer[] {
    if (fault === 'emptyAnswer') return [createEmptyAnswer(asked)];
    return fault === 'refusal' ? [createRefusal(asked)] : this.#model.answer(asked);
  }

  #writeVectors(asked: FakeRequest, endpoint: EmbeddingEndpoint, fault: Fault | undefined): Written {
    const { model, body, wish } = asked;
    const size = Number(body['dimensions'] ?? this.#options.embeddingSize ?? defaultEmbeddingSize);
    const vectors = fault === 'emptyAnswer' ? [] : wish.prompts.map((text) => embedText(text, size));
    const { promptTokens } = wish;
    return {
      body: endpoint.write({ model, body, vectors, promptTokens }),
      pieces: undefined,
      tokens: { prompt: promptTokens, completion: 0, cached: 0, reasoning: 0 },
    };
  }

  #countAttempt(identity: string): number {
    const attempt = (this.#attempts.get(identity) ?? 0) + 1;
    this.#attempts.set(identity, attempt);
    return attempt;
  }
}

/** The words for a request that does not fit into the model. */
export function describeExcess(limit: number, tokens: number): string {
  return `This model's maximum context length is ${limit} tokens. However, your request asks for ${tokens} tokens.`;
}

function readEmbeddingWish(endpoint: EmbeddingEndpoint, body: Body) {
  const prompts = endpoint.readTexts(body);
  return { ...plainWish, prompts, promptTokens: prompts.reduce((sum, text) => sum + countTokens(text), 0) };
}

function sumTokens(prompt: number, answers: readonly FinishedAnswer[]): TokensUsed {
  let completion = 0;
  let reasoning = 0;
  for (const answer of answers) {
    completion += answer.completionTokens;
    reasoning += answer.reasoningTokens;
  }
  return { prompt, completion, cached: answers[0]?.cachedTokens ?? 0, reasoning };
}
