import { ProviderError, type Json, type LMRequest, type Message, type Tool, type ToolCall } from '@dgt/core';
import { readMessages } from '@dgt/llm';
import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelFunctions } from 'node-llama-cpp';
import { toGrammarSchema } from './json-grammar.js';

/**
 * The messages of a request as node-llama-cpp keeps a chat: what a tool answered stands beside the call that asked for it.
 *
 * @throws {@link ProviderError} DGT_PROVIDER_REQUEST for an image, and for an answer of a tool that nobody called.
 */
export function toHistory(request: LMRequest): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = [];
  const calls = new Map<string, ChatModelFunctionCall>();
  for (const message of readMessages(request)) {
    const text = readText(message, request);
    if (message.role === 'system') history.push({ type: 'system', text });
    else if (message.role === 'user') history.push({ type: 'user', text });
    else if (message.role === 'assistant') {
      const called = (message.tool_calls ?? []).map((call) => [call.id, toFunctionCall(call)] as const);
      for (const [id, call] of called) calls.set(id, call);
      const said = [...(text === '' ? [] : [text]), ...called.map(([, call]) => call)];
      // What a model says after its tools answered belongs to the same turn.
      const turn = history.at(-1);
      if (turn?.type === 'model') turn.response.push(...said);
      else history.push({ type: 'model', response: said });
    } else {
      const call = calls.get(message.tool_call_id ?? '');
      if (call === undefined) throw refuseRequest(request, 'a message of the role "tool" answers no call before it');
      call.result = text;
    }
  }
  if (history.at(-1)?.type !== 'model') history.push({ type: 'model', response: [] });
  return history;
}

/** The tools of a request as node-llama-cpp documents them to the model; undefined without any. */
export function toFunctions({ tools, tool_choice }: LMRequest): ChatModelFunctions | undefined {
  if (tools === undefined || tool_choice === 'none') return undefined;
  return Object.fromEntries(tools.map((tool) => [tool.function.name, toFunction(tool)]));
}

/** An error that costs the row, such as of a request that no model in this process can serve. */
export function refuseRequest({ provider, model }: LMRequest, reason: string): ProviderError {
  const status = 'none, it runs in this process';
  return new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', { provider, endpoint: model, status, reason });
}

function readText({ content }: Message, request: LMRequest): string {
  if (content === null || typeof content === 'string') return content ?? '';
  const texts = content.map((part) => {
    if (part.type === 'text') return part.text;
    throw refuseRequest(request, 'a model file takes no images here');
  });
  return texts.join('\n');
}

function toFunction({ function: { description, parameters } }: Tool): ChatModelFunctions[string] {
  return {
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { params: toGrammarSchema(parameters) as { readonly type: 'object' } }),
  };
}

function toFunctionCall({ function: { name, arguments: given } }: ToolCall): ChatModelFunctionCall {
  return { type: 'functionCall', name, params: typeof given === 'string' ? parse(given) : given, result: undefined };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
