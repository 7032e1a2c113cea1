import type { FinishedAnswer, TokenLogprob } from '../answers/answer.js';
import { splitTokens } from '../tokens.js';
import type { Body, TextEndpoint, TextReply } from './dialect.js';
import { readChatWish } from './openai-request.js';
import { wantsStreamedUsage, writeEvent, writeUsage } from './openai-stream.js';

const finishReasons = { stop: 'stop', length: 'length', toolCalls: 'tool_calls' } as const;

/** `POST /v1/chat/completions`. */
export const chatEndpoint: TextEndpoint = {
  kind: 'text',
  read: readChatWish,
  write: (reply) => ({
    id: `chatcmpl-${reply.id}`,
    object: 'chat.completion',
    created: 0,
    model: reply.model,
    choices: reply.answers.map((answer, index) => ({
      index,
      message: writeMessage(answer),
      logprobs: writeLogprobs(answer),
      finish_reason: finishReasons[answer.finishReason],
    })),
    usage: writeUsage(reply),
  }),
  writeStream,
};

function writeMessage({ text, reasoning, refusal, toolCalls, identity }: FinishedAnswer) {
  const hasText = text !== '' || (toolCalls.length === 0 && refusal === undefined);
  return {
    role: 'assistant',
    content: hasText ? text : null,
    refusal: refusal ?? null,
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: writeToolCalls(toolCalls, identity) }),
  };
}

function writeToolCalls(toolCalls: FinishedAnswer['toolCalls'], identity: string) {
  return toolCalls.map(({ name, arguments: values }, index) => ({
    id: `call_${identity}_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(values) },
  }));
}

function writeLogprobs({ logprobs }: FinishedAnswer) {
  return logprobs === undefined ? null : { content: logprobs.map(writeTokenLogprob), refusal: null };
}

function writeTokenLogprob({ token, logprob, top }: TokenLogprob) {
  const describe = (item: { token: string; logprob: number }) => ({ ...item, bytes: [...Buffer.from(item.token)] });
  return { ...describe({ token, logprob }), top_logprobs: top.map(describe) };
}

function writeStream(reply: TextReply, body: Body): string[] {
  const event = (choices: readonly unknown[], usage?: object) =>
    writeEvent({
      id: `chatcmpl-${reply.id}`,
      object: 'chat.completion.chunk',
      created: 0,
      model: reply.model,
      choices,
      ...(wantsStreamedUsage(body) && { usage: usage ?? null }),
    });
  const events = reply.answers.flatMap((answer, index) => {
    const delta = (delta: object, extra: object = {}) =>
      event([{ index, delta, logprobs: null, finish_reason: null, ...extra }]);
    const { text, reasoning, refusal, toolCalls, identity, logprobs } = answer;
    return [
      delta({ role: 'assistant', content: '', refusal: null }),
      ...splitTokens(reasoning ?? '').map((token) => delta({ reasoning_content: token })),
      ...splitTokens(refusal ?? '').map((token) => delta({ refusal: token })),
      ...splitTokens(text).map((content, at) => {
        const logprob = logprobs?.[at];
        const extra = logprob && { logprobs: { content: [writeTokenLogprob(logprob)], refusal: null } };
        return delta({ content }, extra);
      }),
      ...writeToolCalls(toolCalls, identity).flatMap((call, at) => [
        delta({ tool_calls: [{ index: at, ...call, function: { ...call.function, arguments: '' } }] }),
        delta({ tool_calls: [{ index: at, function: { arguments: call.function.arguments } }] }),
      ]),
      delta({}, { finish_reason: finishReasons[answer.finishReason] }),
    ];
  });
  if (wantsStreamedUsage(body)) events.push(event([], writeUsage(reply)));
  return [...events, 'data: [DONE]\n\n'];
}
