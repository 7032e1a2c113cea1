import type { LMRequest, Usage } from '@dgt/core';

/** What an answer is expected to take when nothing at all is known of it. @unit tokens */
const unknownAnswer = 512;
/** Roughly what all tokenizers make of English. */
const charactersPerToken = 4;

/** Guesses what a request will take of a limit on tokens, from its length and from earlier answers. */
export class TokenEstimate {
  #answers = 0;
  #meanCompletion = 0;

  /** @unit tokens */
  estimate(request: LMRequest): number {
    const { input, parameters } = request;
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const { max_tokens: most = Infinity } = parameters;
    const expected = this.#answers > 0 ? this.#meanCompletion : Math.min(most, unknownAnswer);
    return Math.ceil(text.length / charactersPerToken + Math.min(most, expected));
  }

  note({ completion_tokens }: Usage): void {
    if (completion_tokens === undefined) return;
    this.#answers++;
    // Follows what changes in the course of a run.
    this.#meanCompletion += (completion_tokens - this.#meanCompletion) / Math.min(this.#answers, 100);
  }
}

/** What a request took, as far as its server says. @unit tokens */
export function countTokens({ prompt_tokens, completion_tokens }: Usage): number | undefined {
  if (prompt_tokens === undefined && completion_tokens === undefined) return undefined;
  return (prompt_tokens ?? 0) + (completion_tokens ?? 0);
}
