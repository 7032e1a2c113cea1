import type { FinishedAnswer } from '../answers/answer.js';
import { splitTokens } from '../tokens.js';
import type { Body, TextEndpoint, TextReply } from './dialect.js';
import { readCompletionWish } from './openai-request.js';
import { wantsStreamedUsage, writeEvent, writeUsage } from './openai-stream.js';

/** `POST /v1/completions`. */
export const completionEndpoint: TextEndpoint = {
  kind: 'text',
  read: readCompletionWish,
  write: (reply) => ({
    id: `cmpl-${reply.id}`,
    object: 'text_completion',
    created: 0,
    model: reply.model,
    choices: reply.answers.map((answer, index) => ({
      index,
      text: answer.text,
      logprobs: writeLogprobs(answer),
      finish_reason: writeFinishReason(answer),
    })),
    usage: writeUsage(reply),
  }),
  writeStream,
};

function writeFinishReason({ finishReason }: FinishedAnswer): 'stop' | 'length' {
  return finishReason === 'length' ? 'length' : 'stop';
}

function writeLogprobs({ logprobs }: FinishedAnswer) {
  if (logprobs === undefined) return null;
  let offset = 0;
  return {
    tokens: logprobs.map(({ token }) => token),
    // Nothing comes before the first token of a prompt, so it has no probability.
    token_logprobs: logprobs.map(({ logprob }) => (Number.isNaN(logprob) ? null : logprob)),
    top_logprobs: logprobs.map(({ logprob, top }) =>
      Number.isNaN(logprob) ? null : Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: logprobs.map(({ token }) => (offset += token.length) - token.length),
  };
}

function writeStream(reply: TextReply, body: Body): string[] {
  const event = (choices: readonly unknown[], usage?: object) =>
    writeEvent({
      id: `cmpl-${reply.id}`,
      object: 'text_completion',
      created: 0,
      model: reply.model,
      choices,
      ...(wantsStreamedUsage(body) && { usage: usage ?? null }),
    });
  const events = reply.answers.flatMap((answer, index) => [
    ...splitTokens(answer.text).map((text) => event([{ index, text, logprobs: null, finish_reason: null }])),
    event([{ index, text: '', logprobs: writeLogprobs(answer), finish_reason: writeFinishReason(answer) }]),
  ]);
  if (wantsStreamedUsage(body)) events.push(event([], writeUsage(reply)));
  return [...events, 'data: [DONE]\n\n'];
}
