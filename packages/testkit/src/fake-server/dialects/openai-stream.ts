import type { Body, TextReply } from './dialect.js';

/** What a reply of OpenAI's kind used. */
export function writeUsage({ wish, answers }: TextReply) {
  const completionTokens = answers.reduce((sum, answer) => sum + answer.completionTokens, 0);
  return {
    prompt_tokens: wish.promptTokens,
    completion_tokens: completionTokens,
    total_tokens: wish.promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: answers[0]?.cachedTokens ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answers.reduce((sum, answer) => sum + answer.reasoningTokens, 0),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Whether a streamed reply ends with what it used. */
export function wantsStreamedUsage(body: Body): boolean {
  return (body['stream_options'] as { include_usage?: boolean } | null | undefined)?.include_usage === true;
}

/** One event of a stream. */
export function writeEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
