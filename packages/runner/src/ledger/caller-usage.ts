import type { TryRecord } from '@dgt/core';

/** Who made tries: a block, and the model that it asked. */
export interface Caller {
  /** The name of the block. */
  readonly label: string;
  readonly provider: string;
  readonly model: string;
}

/** What a caller took, tries that failed too. */
export interface CallerUsage extends Caller {
  readonly tries: number;
  readonly failedTries: number;
  /** Tries that were answered by a server that did not say how many tokens they took. */
  readonly uncountedTries: number;
  readonly promptTokens: number;
  /** Of the prompt's tokens, those that the server had cached. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Of the completion's tokens, those spent on reasoning. */
  readonly reasoningTokens: number;
}

/** What a caller took with one more try: what {@link callerUsage} adds up. */
export function addTry(used: Caller & Partial<CallerUsage>, tried: TryRecord): CallerUsage {
  const { outcome, promptTokens, completionTokens, cachedTokens = 0, reasoningTokens = 0 } = tried;
  const isAnswered = outcome === 'ok';
  const isUncounted = isAnswered && promptTokens === undefined && completionTokens === undefined;
  return {
    label: used.label,
    provider: used.provider,
    model: used.model,
    tries: (used.tries ?? 0) + 1,
    failedTries: (used.failedTries ?? 0) + (isAnswered ? 0 : 1),
    uncountedTries: (used.uncountedTries ?? 0) + (isUncounted ? 1 : 0),
    promptTokens: (used.promptTokens ?? 0) + (promptTokens ?? 0),
    cachedTokens: (used.cachedTokens ?? 0) + cachedTokens,
    completionTokens: (used.completionTokens ?? 0) + (completionTokens ?? 0),
    reasoningTokens: (used.reasoningTokens ?? 0) + reasoningTokens,
  };
}

/** Adds up the tries of each caller, in the order in which they first appeared. */
export const callerUsage = `
SELECT label, provider, model, count(*) AS tries, sum(1 - ok) AS failedTries,
  sum(ok AND prompt_tokens IS NULL AND completion_tokens IS NULL) AS uncountedTries,
  coalesce(sum(prompt_tokens), 0) AS promptTokens, coalesce(sum(cached_tokens), 0) AS cachedTokens,
  coalesce(sum(completion_tokens), 0) AS completionTokens, coalesce(sum(reasoning_tokens), 0) AS reasoningTokens
FROM tries JOIN callers ON callers.id = tries.caller GROUP BY caller ORDER BY caller`;
