import type { DeferredAnswer, Json, RecordedCall, TryRecord } from '@dgt/core';

/**
 * An answer of a batch interface as a line of the bill: apart from answers that came at once, since it costs a part of them.
 *
 * @param call any call of the same block: it says who serves the model, and what it costs.
 */
export function describeDeferredTry(
  answer: DeferredAnswer<Json>,
  { request, price }: Pick<RecordedCall<Json>, 'request' | 'price'>,
  now: number,
): TryRecord {
  const { provider = '', model = '' } = (request ?? {}) as { provider?: string; model?: string };
  const { usage = {} } = answer;
  return {
    startedAt: now,
    durationMs: 0,
    provider: `${provider} (batch)`.trimStart(),
    model,
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cachedTokens: usage.cached_tokens,
    reasoningTokens: usage.reasoning_tokens,
    ...(price !== undefined && { price: discount(price) }),
    ...('error' in answer ? { outcome: 'error', reason: answer.error } : { outcome: 'ok' }),
  };
}

function discount({ batch = 1, ...price }: NonNullable<RecordedCall<Json>['price']>) {
  const { input, output, cached_input } = price;
  return {
    ...price,
    input: input * batch,
    output: output * batch,
    ...(cached_input !== undefined && { cached_input: cached_input * batch }),
  };
}
