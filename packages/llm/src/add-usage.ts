import type { Usage } from '@dgt/core';

/** The tokens of two requests together. */
export function addUsage(usage: Usage, more: Usage): Usage {
  const sum: Record<string, number | undefined> = { ...usage };
  for (const [name, tokens] of Object.entries(more)) {
    if (tokens !== undefined) sum[name] = (sum[name] ?? 0) + tokens;
  }
  return sum;
}
