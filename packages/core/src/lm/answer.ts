/** The number of tokens of a call, as the server counts them. */
export type Usage = {
  readonly prompt_tokens?: number | undefined;
  readonly completion_tokens?: number | undefined;
  /** Of the prompt's tokens, those that the server had cached. */
  readonly cached_tokens?: number | undefined;
  /** Of the completion's tokens, those spent on reasoning. */
  readonly reasoning_tokens?: number | undefined;
};

/**
 * Why an answer ended: `stop` (by itself or at a stop string), `length` (`max_tokens` or the context is full) or
 * `tool_calls` (it calls tools and waits for what they say).
 */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'other';

/** A token of an answer, and how likely it was. */
export type TokenLogprob = {
  readonly token: string;
  readonly logprob: number;
  /** The likeliest tokens at this place. */
  readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
};

/** One of the answers to a request. */
export type LMChoice = {
  readonly text: string;
  readonly finish_reason: FinishReason;
  /** What the model thought before it answered, where the server says it. */
  readonly reasoning?: string;
  /** The calls of tools, with their arguments as the model wrote them. */
  readonly tool_calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly logprobs?: readonly TokenLogprob[];
};

/** What a model answered: one choice, or as many as `n` asked for. */
export type LMAnswer = {
  readonly choices: readonly LMChoice[];
  readonly usage: Usage;
};
