import { ProviderError, type ContentPart, type Json, type LMRequest, type Message } from '@dgt/core';
import { readMessages } from '../../model-request.js';
import { toNativeParameters } from '../../parameters.js';
import { isDataUrl, readDataUrl, readText } from '../message-content.js';
import { readArguments } from '../tool-arguments.js';
import { toAnswerSchema } from './answer-schema.js';
import { anthropicParameters } from './parameters.js';

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Json[];
}

/**
 * The body of a request to `/v1/messages`.
 *
 * @throws {@link ProviderError} permanent, for a format that the API does not have.
 */
export function writeRequest(request: LMRequest): Record<string, Json> {
  const { model, parameters, tools } = request;
  const { extra_body, reasoning_effort: effort, response_format: format, ...rest } = parameters;
  const messages = readMessages(request);
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => readText(content));
  const output = {
    ...(effort !== undefined && effort !== 'none' && { effort: effort === 'minimal' ? 'low' : effort }),
    ...(format !== undefined && { format: writeFormat(format, request) }),
  };
  return {
    model,
    messages: writeTurns(messages),
    ...(system.length > 0 && { system: system.join('\n\n') }),
    ...toNativeParameters(rest, anthropicParameters.chat_completion),
    ...(effort === 'none' && { thinking: { type: 'disabled' } }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(tools !== undefined && { tools: tools.map(writeTool), ...writeToolChoice(request.tool_choice) }),
    ...extra_body,
  };
}

function writeFormat(format: NonNullable<LMRequest['parameters']['response_format']>, request: LMRequest): Json {
  const schema = toAnswerSchema(format);
  if (schema !== undefined) return { type: 'json_schema', schema };
  const { provider, model: endpoint } = request;
  const reason = 'response_format must be a json_schema whose objects are closed: the API takes no other';
  const details = { provider, endpoint, status: 'none, it was not sent', reason };
  throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details);
}

/** The API wants turns of the user and the assistant, with what tools answered among what the user says. */
function writeTurns(messages: readonly Message[]): Json {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = writeBlocks(message);
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }
  return turns as unknown as Json;
}

function writeBlocks(message: Message): Json[] {
  const { role, content, tool_calls = [], tool_call_id = '' } = message;
  const parts: readonly ContentPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  // The API refuses texts that are empty.
  const blocks = parts.filter((part) => part.type !== 'text' || part.text !== '').map(writePart);
  if (role === 'tool') return [{ type: 'tool_result', tool_use_id: tool_call_id, content: blocks }];
  const calls = tool_calls.map(({ id, function: { name, arguments: given } }) => ({
    type: 'tool_use',
    id,
    name,
    input: readArguments(given),
  }));
  return [...blocks, ...calls];
}

function writePart(part: ContentPart): Json {
  if (part.type === 'text') return part;
  const { url } = part.image_url;
  if (!isDataUrl(url)) return { type: 'image', source: { type: 'url', url } };
  const { mediaType, data } = readDataUrl(url);
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

function writeTool({
  function: { name, description, parameters, strict },
}: NonNullable<LMRequest['tools']>[number]): Json {
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
    ...(strict !== undefined && { strict }),
  };
}

function writeToolChoice(choice: LMRequest['tool_choice']): Record<string, Json> {
  if (choice === undefined) return {};
  if (typeof choice === 'object') return { tool_choice: { type: 'tool', name: choice.function.name } };
  return { tool_choice: { type: choice === 'required' ? 'any' : choice } };
}
