import { createRandom } from '@dgt/core';
import type { Answer, AnswerParts, FinishedAnswer, ToolCall } from './answers/answer.js';
import { findAnswer } from './answers/find-answer.js';
import { drawLogprobs } from './answers/logprobs.js';
import { makeValue } from './answers/schema-value.js';
import { shortHash, type FakeRequest } from './fake-request.js';
import type { FakeServerOptions } from './options.js';
import { countTokens, cutAfterTokens } from './tokens.js';

/** Makes the answers to a request: those of the author's source, in the length, number and form that the request asks for. */
export class FakeModel {
  readonly #answer: Answer;
  readonly #cachedShare: number;
  readonly #reasoningTokens: number;

  constructor({ answer, usage = {} }: Pick<FakeServerOptions, 'answer' | 'usage'>) {
    this.#answer = findAnswer(answer);
    this.#cachedShare = usage.cachedShare ?? 0;
    this.#reasoningTokens = usage.reasoningTokens ?? 0;
  }

  /** One answer for each choice of each prompt. */
  answer(request: FakeRequest): FinishedAnswer[] {
    const { prompts, choices } = request.wish;
    if (prompts.length === 1 && choices === 1) return [this.#finish(request)];
    return prompts.flatMap((prompt, index) =>
      Array.from({ length: choices }, (_, choice) => {
        const identity = index + choice === 0 ? request.identity : shortHash(`${request.identity}/${index}/${choice}`);
        return this.#finish({ ...request, prompt, identity });
      }),
    );
  }

  #finish(request: FakeRequest): FinishedAnswer {
    const { wish, identity, prompt } = request;
    const said = this.#answer(request);
    const parts: AnswerParts = typeof said === 'string' ? { text: said } : said;
    const whole = parts.text ?? '';
    const isCut = wish.maxTokens !== undefined && countTokens(whole) > wish.maxTokens;
    const own = isCut ? cutAfterTokens(whole, wish.maxTokens) : whole;
    const text = wish.isEcho ? `${prompt}${own}` : own;
    const toolCalls = parts.toolCalls ?? drawToolCalls(request);
    const reasoningTokens = parts.reasoningTokens ?? countTokens(parts.reasoning ?? '') + this.#reasoningTokens;
    const spoken = countTokens(own) + countTokens(parts.refusal ?? '') + countCallTokens(toolCalls) + reasoningTokens;
    return {
      text: toolCalls.length > 0 && parts.toolCalls === undefined ? '' : text,
      toolCalls,
      reasoning: parts.reasoning,
      refusal: parts.refusal,
      finishReason: toolCalls.length > 0 ? 'toolCalls' : isCut ? 'length' : 'stop',
      completionTokens: wish.maxTokens === 0 ? 0 : Math.max(1, spoken),
      cachedTokens: parts.cachedTokens ?? Math.floor(wish.promptTokens * this.#cachedShare),
      reasoningTokens,
      logprobs: wish.logprobs === undefined ? undefined : listLogprobs(text, request),
      identity,
    };
  }
}

/** A finished answer that says nothing and used nothing. */
export function createEmptyAnswer({ identity }: FakeRequest): FinishedAnswer {
  return {
    text: '',
    toolCalls: [],
    reasoning: undefined,
    refusal: undefined,
    finishReason: 'stop',
    completionTokens: 0,
    cachedTokens: 0,
    reasoningTokens: 0,
    logprobs: undefined,
    identity,
  };
}

/** A finished answer that refuses to answer. */
export function createRefusal(request: FakeRequest): FinishedAnswer {
  const refusal = "I'm sorry, but I can't help with that.";
  return { ...createEmptyAnswer(request), refusal, completionTokens: countTokens(refusal) };
}

/** The call that a request insists on, with arguments that fit the tool's schema. */
function drawToolCalls({ wish, identity }: FakeRequest): readonly ToolCall[] {
  const { tools, toolChoice } = wish;
  if (toolChoice === 'auto' || toolChoice === 'none' || tools.length === 0) return [];
  const random = createRandom(`tool/${identity}`);
  const tool = toolChoice === 'required' ? random.choice(tools) : tools.find(({ name }) => name === toolChoice.name);
  if (tool === undefined) return [];
  return [{ name: tool.name, arguments: makeArguments(makeValue(tool.parameters, random)) }];
}

function makeArguments(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function countCallTokens(toolCalls: readonly ToolCall[]): number {
  return toolCalls.reduce((sum, call) => sum + 1 + countTokens(JSON.stringify(call.arguments)), 0);
}

function listLogprobs(text: string, { wish, identity }: FakeRequest): FinishedAnswer['logprobs'] {
  const logprobs = drawLogprobs(text, wish.logprobs ?? 0, identity);
  // Nothing comes before the first token of an echoed prompt, so it has no probability.
  return wish.isEcho
    ? logprobs.map((entry, index) => (index === 0 ? { ...entry, logprob: Number.NaN } : entry))
    : logprobs;
}
