import type { Json, LMRequest, Message, ResponseFormat } from '@dgt/core';
import { readMessages } from '../../model-request.js';
import { toNativeParameters, type ParameterNames } from '../../parameters.js';
import { writeArguments } from '../tool-arguments.js';
import { toStrictSchema } from '../../structured/strict-schema.js';
import { serverProfiles } from './servers.js';

/** The body of a request to `/completions` or `/chat/completions`. */
export function writeRequest(request: LMRequest, names: ParameterNames): Record<string, Json> {
  const { model, method, tools, tool_choice } = request;
  const { extra_body, logprobs, response_format, ...parameters } = request.parameters;
  const isOpenAI = names === serverProfiles.openai.parameters;
  const format = response_format && { response_format: writeFormat(response_format, isOpenAI) };
  const native = toNativeParameters({ ...parameters, ...format }, names[method]);
  if (method === 'completion') {
    const ask = logprobs === undefined ? {} : { logprobs };
    return { model, prompt: request.input as string, ...native, ...ask, ...extra_body };
  }
  return {
    model,
    messages: readMessages(request).map(writeMessage),
    ...native,
    ...(logprobs !== undefined && { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }),
    ...(tools !== undefined && { tools }),
    ...(tool_choice !== undefined && { tool_choice }),
    ...extra_body,
  };
}

/**
 * Asks for strict mode, in which every answer fits, wherever the schema can be had so, unless the user decided about it. OpenAI
 * refuses some limits there (`minLength`), and the structure is worth more than these; other servers keep them.
 */
function writeFormat(format: ResponseFormat, isOpenAI: boolean): ResponseFormat {
  if (format.type === 'json_object' || format.json_schema.strict !== undefined) return format;
  const strict = toStrictSchema(format.json_schema.schema);
  if (strict === undefined || (strict.loosened && !isOpenAI)) return format;
  return { type: 'json_schema', json_schema: { ...format.json_schema, strict: true, schema: strict.schema } };
}

function writeMessage(message: Message): Json {
  const { tool_calls } = message;
  if (tool_calls === undefined) return message;
  const written = tool_calls.map(({ id, type, function: { name, arguments: given } }) => ({
    id,
    type,
    function: { name, arguments: writeArguments(given) },
  }));
  return { ...message, tool_calls: written };
}
