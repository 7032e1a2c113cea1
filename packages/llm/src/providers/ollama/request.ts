import { ProviderError, type Json, type LMParameters, type LMRequest, type Message } from '@dgt/core';
import { readMessages } from '../../model-request.js';
import { toNativeParameters } from '../../parameters.js';
import { isDataUrl, readDataUrl, readText } from '../message-content.js';
import { readArguments } from '../tool-arguments.js';
import { ollamaParameters } from './parameters.js';

/** The body of a request to `/api/generate` or `/api/chat`. */
export function writeRequest(request: LMRequest, callSeed: number): Record<string, Json> {
  const { model, method, parameters } = request;
  const { extra_body, logprobs, reasoning_effort, response_format, ...rest } = parameters;
  const native = toNativeParameters({ seed: callSeed, ...rest }, ollamaParameters[method]);
  return {
    model,
    ...(method === 'completion' ? { prompt: request.input as string } : writeChat(request)),
    stream: false,
    // Otherwise a prompt that is too long loses its beginning without a word, and so does one that grows too long.
    truncate: false,
    shift: false,
    ...native,
    ...(logprobs !== undefined && { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }),
    ...(reasoning_effort !== undefined && { think: toThink(reasoning_effort) }),
    ...(response_format !== undefined && {
      format: response_format.type === 'json_object' ? 'json' : response_format.json_schema.schema,
    }),
    ...extra_body,
  };
}

function writeChat(request: LMRequest): Record<string, Json> {
  const messages = readMessages(request);
  const { tools, tool_choice } = request;
  return {
    messages: messages.map((message) => writeMessage(message, messages, request)),
    ...(tools !== undefined && tool_choice !== 'none' && { tools }),
  };
}

function writeMessage(message: Message, all: readonly Message[], request: LMRequest): Json {
  const { role, content, tool_calls, tool_call_id, name } = message;
  const images = readImages(content, request);
  const toolName = name ?? findToolName(tool_call_id, all);
  return {
    role,
    content: readText(content),
    ...(images.length > 0 && { images }),
    ...(tool_calls && { tool_calls: tool_calls.map(({ function: call }) => ({ function: writeCall(call) })) }),
    ...(role === 'tool' && toolName !== undefined && { tool_name: toolName }),
  };
}

function writeCall({ name, arguments: given }: { readonly name: string; readonly arguments: Json }): Json {
  return { name, arguments: readArguments(given) };
}

function findToolName(id: string | undefined, messages: readonly Message[]): string | undefined {
  const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []);
  return calls.find((call) => call.id === id)?.function.name;
}

function readImages(content: Message['content'], { provider, model }: LMRequest): string[] {
  if (content === null || typeof content === 'string') return [];
  return content.flatMap((part) => {
    if (part.type === 'text') return [];
    const { url } = part.image_url;
    if (isDataUrl(url)) return [readDataUrl(url).data];
    const reason = `images must be data: URLs, since ollama fetches none; got ${url.slice(0, 80)}`;
    const details = { provider, endpoint: model, status: 'none, it was not sent', reason };
    throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details);
  });
}

/** Models that think more or less know three degrees; the others only whether. */
function toThink(effort: NonNullable<LMParameters['reasoning_effort']>): boolean | string {
  if (effort === 'none') return false;
  if (effort === 'minimal') return 'low';
  return effort === 'xhigh' || effort === 'max' ? 'high' : effort;
}
