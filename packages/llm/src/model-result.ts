import { ProviderError } from '@dgt/core';
import type { ChoiceDetails, LMAnswer, LMChoice, LMOutput, LMRequest, LMRow, ToolCall } from '@dgt/core';
import type { Json } from '@dgt/core';
import { cutAtStop } from './stop.js';

/**
 * What a row gets from an answer: text for a prompt, a message for messages, and a list of these when `n` was given.
 *
 * @throws {@link ProviderError} permanent, DGT_TOOL_ARGUMENTS, for the call of a tool whose arguments are no JSON object: the
 *   answer is recorded and paid, and of no use to the row.
 */
export function toResult(row: LMRow, request: LMRequest, answer: LMAnswer): LMOutput {
  const isText = typeof row.input === 'string';
  const read = answer.choices.map((choice) => readChoice(choice, request, isText));
  const [first] = read;
  if (request.parameters.n === undefined && first !== undefined) {
    return { result: first.reply, addtl: { ...answer.usage, ...first.details } };
  }
  const choices = read.map(({ details }) => details);
  return { result: read.map(({ reply }) => reply), addtl: { ...answer.usage, choices } };
}

function readChoice(choice: LMChoice, request: LMRequest, isText: boolean) {
  const { tool_calls: calls, reasoning, logprobs } = choice;
  const { text, stopped } = cutAtStop(choice.text, request.parameters.stop);
  const tool_calls = calls?.map((call) => readToolCall(call, request));
  const details: ChoiceDetails = {
    finish_reason: stopped ? 'stop' : choice.finish_reason,
    ...(reasoning !== undefined && { reasoning }),
    ...(logprobs !== undefined && { logprobs }),
    ...(isText && tool_calls && { tool_calls }),
  };
  const message = { role: 'assistant' as const, content: text, ...(tool_calls && { tool_calls }) };
  return { reply: isText ? text : message, details };
}

function readToolCall(call: NonNullable<LMChoice['tool_calls']>[number], request: LMRequest): ToolCall {
  const { id, name } = call;
  const parsed = parseObject(call.arguments);
  if (parsed !== undefined) return { id, type: 'function', function: { name, arguments: parsed } };
  const shown = call.arguments.length > 200 ? `${call.arguments.slice(0, 200)}...` : call.arguments;
  const { provider, model } = request;
  throw new ProviderError('DGT_TOOL_ARGUMENTS', 'permanent', { provider, model, tool: name, arguments: shown });
}

function parseObject(text: string): { readonly [name: string]: Json } | undefined {
  // Some servers leave the arguments of a tool without parameters empty.
  if (text.trim() === '') return {};
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: Json })
      : undefined;
  } catch {
    return undefined;
  }
}
