import type { Json } from '@dgt/core';

/** What of a request says how many tokens its call may take. */
export interface CallSize {
  /** Of the prompt, the tools and the shape that is asked for. No tokenizer makes more tokens than there are bytes. */
  readonly promptBytes: number;
  readonly messages: number;
  /** How many answers are asked for; none of a model that embeds. */
  readonly choices: number;
  /** The most tokens that one answer may have. */
  readonly maxTokens: number | undefined;
  /** Whether it is a model that is asked. */
  readonly isModel: boolean;
  /** Whether it refers to images that lie elsewhere. */
  readonly hasLinks: boolean;
}

interface Request {
  readonly model?: unknown;
  readonly method?: unknown;
  readonly input?: Json;
  readonly parameters?: { readonly max_tokens?: number; readonly n?: number; readonly response_format?: Json };
  readonly tools?: Json;
}

/** Measures a request of any kind; what is no request to a model is measured as a whole. */
export function measureCall(request: Json): CallSize {
  const { model, method, input, parameters = {}, tools } = (typeof request === 'object' ? request : {}) as Request;
  const { max_tokens: maxTokens, n = 1, response_format: shape } = parameters;
  const parts = [input ?? request, ...(tools === undefined ? [] : [tools]), ...(shape === undefined ? [] : [shape])];
  return {
    promptBytes: parts.reduce<number>((sum, part) => sum + countBytes(part), 0),
    messages: Array.isArray(input) ? input.length : 1,
    choices: method === 'embedding' ? 0 : n,
    maxTokens,
    isModel: typeof model === 'string',
    hasLinks: hasLinks(input),
  };
}

function countBytes(value: Json): number {
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Whether a message has an image of which only the address is given. */
function hasLinks(input: Json | undefined): boolean {
  if (!Array.isArray(input)) return false;
  const parts = (input as readonly { content?: unknown }[]).flatMap((message) => message?.content ?? []);
  return parts.some((part) => {
    const { image_url: image } = part as { image_url?: { url?: string } };
    return image !== undefined && image.url?.startsWith('data:') !== true;
  });
}
