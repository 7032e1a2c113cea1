import { countTokens } from '../tokens.js';
import { plainWish, type JsonSchema, type ToolDeclaration, type Wish } from '../wish.js';
import { readContent, readMessages, type Body } from './dialect.js';

/** What a request to Anthropic's messages asks for. */
export function readAnthropicWish(body: Body): Wish {
  const texts = readMessages(body);
  const { max_tokens, stream, system, output_config } = body as {
    max_tokens?: number;
    stream?: boolean;
    system?: unknown;
    output_config?: { format?: { schema?: JsonSchema } };
  };
  return {
    ...plainWish,
    prompts: [texts.at(-1) ?? ''],
    promptTokens: [readContent(system), ...texts].reduce((sum, text) => sum + countTokens(text), 0),
    maxTokens: max_tokens,
    isStream: stream === true,
    schema: output_config?.format?.schema,
    tools: readTools(body['tools']),
    toolChoice: readToolChoice(body['tool_choice']),
  };
}

function readTools(tools: unknown): ToolDeclaration[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap(({ name, input_schema }: { name?: string; input_schema?: JsonSchema }) =>
    // Tools that the vendor runs itself have no schema.
    name === undefined || input_schema === undefined ? [] : [{ name, parameters: input_schema }],
  );
}

function readToolChoice(choice: unknown): Wish['toolChoice'] {
  const { type, name } = (choice ?? {}) as { type?: string; name?: string };
  if (type === 'none') return 'none';
  if (type === 'any') return 'required';
  return type === 'tool' && name !== undefined ? { name } : 'auto';
}
