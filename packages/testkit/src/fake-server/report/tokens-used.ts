/** What answers used. @unit tokens */
export interface TokensUsed {
  readonly prompt: number;
  readonly completion: number;
  /** Of the prompt. */
  readonly cached: number;
  /** Of the completion. */
  readonly reasoning: number;
}

export const noTokens: TokensUsed = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };

export function addTokens(one: TokensUsed, other: TokensUsed): TokensUsed {
  return {
    prompt: one.prompt + other.prompt,
    completion: one.completion + other.completion,
    cached: one.cached + other.cached,
    reasoning: one.reasoning + other.reasoning,
  };
}
