import type { Usage } from '@dgt/core';

const shortestMs = 300_000;
/** While nothing is known of a server: it may be loading its model. */
const unknownMs = 1_800_000;
const longestByTokensMs = 3_600_000;
/** How much longer than the slowest answer so far one may take. */
const generosity = 5;
/** A short answer says little of how long a token takes. */
const fewestTokens = 64;
const mostDoublings = 3;

/** How long the answers of one model take, and so how long to wait for one: generous, since a cut answer is paid for. */
export class AnswerTimes {
  #slowestMs = 0;
  #slowestMsPerToken = 0;
  #timeouts = 0;

  noteAnswer(durationMs: number, { completion_tokens }: Usage): void {
    this.#timeouts = 0;
    this.#slowestMs = Math.max(this.#slowestMs, durationMs);
    if (completion_tokens === undefined) return;
    const perToken = durationMs / Math.max(fewestTokens, completion_tokens);
    this.#slowestMsPerToken = Math.max(this.#slowestMsPerToken, perToken);
  }

  /** A try was ended for taking too long: with no answers in between, the next may take twice as long. */
  noteTimeout(): void {
    this.#timeouts++;
  }

  /** How long a try may take. @param maxTokens the most tokens that the answer may have. @unit milliseconds */
  limitMs(maxTokens: number | undefined): number {
    if (this.#slowestMs === 0) return unknownMs * this.#doubled;
    const byTokens = Math.min(longestByTokensMs, generosity * this.#slowestMsPerToken * (maxTokens ?? 0));
    return Math.max(shortestMs, generosity * this.#slowestMs, byTokens) * this.#doubled;
  }

  get #doubled(): number {
    return 2 ** Math.min(this.#timeouts, mostDoublings);
  }
}
