import type { FakeRequest } from '../fake-request.js';

/** What the fake model says: a text, or an answer with more to it. */
export type Answer = (request: FakeRequest) => string | AnswerParts;

/** An answer with more to it than its text. */
export interface AnswerParts {
  readonly text?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** What a reasoning model thought before it answered. */
  readonly reasoning?: string;
  /** Why the model will not answer. */
  readonly refusal?: string;
  /** Tokens of the prompt that came from the server's cache. */
  readonly cachedTokens?: number;
  /** Tokens that were spent on reasoning; those of `reasoning`, when left out. */
  readonly reasoningTokens?: number;
}

/** A call of a tool that the model asks for. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The probability of a token, as the model saw it. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** What might have stood there, the likeliest first, the token itself among them. */
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** An answer before it is put into the words of an API. */
export interface FinishedAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly reasoning: string | undefined;
  readonly refusal: string | undefined;
  readonly finishReason: 'stop' | 'length' | 'toolCalls';
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  /** Names the answer: the same for the same call. */
  readonly identity: string;
}
