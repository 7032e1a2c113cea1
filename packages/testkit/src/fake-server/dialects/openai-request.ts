import { countTokens } from '../tokens.js';
import { plainWish, type JsonSchema, type ToolDeclaration, type Wish } from '../wish.js';
import { readMessages, type Body } from './dialect.js';

/** What a chat of OpenAI's kind asks for. */
export function readChatWish(body: Body): Wish {
  const texts = readMessages(body);
  const { logprobs, top_logprobs, response_format } = body as {
    logprobs?: boolean;
    top_logprobs?: number;
    response_format?: { type?: string; json_schema?: { schema?: JsonSchema } };
  };
  return {
    ...readCommon(body),
    prompts: [texts.at(-1) ?? ''],
    promptTokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
    logprobs: logprobs === true ? (top_logprobs ?? 0) : undefined,
    schema: response_format?.json_schema?.schema,
    isJson: response_format?.type === 'json_object',
    tools: readTools(body['tools']),
    toolChoice: readToolChoice(body['tool_choice']),
  };
}

/** What a completion of OpenAI's kind asks for. */
export function readCompletionWish(body: Body): Wish {
  const prompts = readPrompts(body['prompt']);
  const { logprobs, echo } = body as { logprobs?: number | null; echo?: boolean | null };
  return {
    ...readCommon(body),
    prompts,
    promptTokens: prompts.reduce((sum, prompt) => sum + countTokens(prompt), 0),
    logprobs: logprobs ?? undefined,
    isEcho: echo === true,
  };
}

function readCommon(body: Body): Wish {
  const { max_completion_tokens, max_tokens, n, stream } = body as {
    max_completion_tokens?: number | null;
    max_tokens?: number | null;
    n?: number | null;
    stream?: boolean | null;
  };
  return {
    ...plainWish,
    maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
    choices: n ?? 1,
    isStream: stream === true,
  };
}

/** A prompt is a text, several texts, tokens, or several lists of tokens. */
function readPrompts(prompt: unknown): string[] {
  if (!Array.isArray(prompt)) return [typeof prompt === 'string' ? prompt : ''];
  if (typeof prompt[0] === 'number') return [prompt.join(' ')];
  return prompt.map((item: unknown) => (Array.isArray(item) ? item.join(' ') : String(item)));
}

/** The tools of a chat, in the form that OpenAI and Ollama share. */
export function readTools(tools: unknown): ToolDeclaration[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap(({ function: declared }: { function?: { name?: string; parameters?: JsonSchema } }) =>
    declared?.name === undefined ? [] : [{ name: declared.name, parameters: declared.parameters ?? {} }],
  );
}

function readToolChoice(choice: unknown): Wish['toolChoice'] {
  if (choice === 'none' || choice === 'required') return choice;
  const name = (choice as { function?: { name?: string } } | undefined)?.function?.name;
  return name === undefined ? 'auto' : { name };
}
