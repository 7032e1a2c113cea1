import type { FinishedAnswer } from '../answers/answer.js';
import { countTokens, splitTokens } from '../tokens.js';
import { plainWish, type JsonSchema, type Wish } from '../wish.js';
import {
  readMessages,
  type Body,
  type DialectShape,
  type EmbeddingEndpoint,
  type Endpoint,
  type Refusal,
  type TextEndpoint,
  type TextReply,
} from './dialect.js';
import { readTools } from './openai-request.js';

const statuses: Readonly<Record<Refusal, number>> = {
  unauthorized: 401,
  notFound: 404,
  unknownModel: 404,
  badRequest: 400,
  contextLength: 400,
  rateLimit: 429,
  serverError: 500,
  overloaded: 503,
};

/** No answer has a time of its own, so that the same call gets the same bytes. */
const createdAt = new Date(0).toISOString();

const chatEndpoint = defineEndpoint(
  (body) => {
    const texts = readMessages(body);
    return { prompt: texts.at(-1) ?? '', promptTokens: texts.reduce((sum, text) => sum + countTokens(text), 0) };
  },
  ({ text, reasoning, toolCalls }) => ({
    message: {
      role: 'assistant',
      content: text,
      ...(reasoning !== undefined && { thinking: reasoning }),
      ...(toolCalls !== undefined &&
        toolCalls.length > 0 && {
          tool_calls: toolCalls.map(({ name, arguments: values }) => ({ function: { name, arguments: values } })),
        }),
    },
  }),
);

const generateEndpoint = defineEndpoint(
  ({ prompt, system }) => {
    const text = typeof prompt === 'string' ? prompt : '';
    return { prompt: text, promptTokens: countTokens(text) + countTokens(typeof system === 'string' ? system : '') };
  },
  ({ text, reasoning }) => ({ response: text, ...(reasoning !== undefined && { thinking: reasoning }) }),
);

const embedEndpoint: EmbeddingEndpoint = {
  kind: 'embedding',
  readTexts: ({ input }) => (Array.isArray(input) ? input.map(String) : [String(input ?? '')]),
  write: ({ model, vectors, promptTokens }) => ({
    model,
    embeddings: vectors.map((vector) => Array.from(vector)),
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: promptTokens,
  }),
};

/** The older path, for one text. */
const embeddingsEndpoint: EmbeddingEndpoint = {
  kind: 'embedding',
  readTexts: ({ prompt }) => [String(prompt ?? '')],
  write: ({ vectors }) => ({ embedding: Array.from(vectors[0] ?? []) }),
};

/** Ollama's own API. */
export const ollamaDialect: DialectShape = {
  name: 'ollama',
  endpoints: new Map<string, Endpoint>([
    ['/api/chat', chatEndpoint],
    ['/api/generate', generateEndpoint],
    ['/api/embed', embedEndpoint],
    ['/api/embeddings', embeddingsEndpoint],
  ]),
  streamType: 'application/x-ndjson',
  readKey: ({ authorization }) => authorization?.replace(/^Bearer /, ''),
  writeRefusal: (refusal, message) => ({ status: statuses[refusal], body: { error: message } }),
  unknownModel: (model) => `model '${model}' not found`,
  // Ollama has no limits of this kind, and what stands before it says no more than Retry-After.
  writeLimits: () => ({}),
  describe: ({ method, path, body, models, knowsModel }) => {
    if (method === 'GET' && path === '/api/version') return { status: 200, body: { version: '0.0.0-fake' } };
    if (method === 'GET' && path === '/api/tags') return { status: 200, body: { models: models.map(describeModel) } };
    if (method !== 'POST' || path !== '/api/show') return undefined;
    const model = String(body['model'] ?? body['name']);
    return knowsModel(model)
      ? { status: 200, body: { details, model_info: {}, capabilities: ['completion', 'tools', 'embedding'] } }
      : ollamaDialect.writeRefusal('unknownModel', ollamaDialect.unknownModel(model));
  },
};

const details = {
  parent_model: '',
  format: 'gguf',
  family: 'fake',
  families: ['fake'],
  parameter_size: '0B',
  quantization_level: 'F16',
};

function describeModel(name: string) {
  return { name, model: name, modified_at: createdAt, size: 0, digest: '0'.repeat(64), details };
}

/** What of an answer a path words in its own way; in a stream it is one token of it. */
type Shown = Pick<FinishedAnswer, 'text' | 'reasoning'> & Partial<Pick<FinishedAnswer, 'toolCalls'>>;

function defineEndpoint(
  readPrompt: (body: Body) => { prompt: string; promptTokens: number },
  show: (answer: Shown) => object,
): TextEndpoint {
  return {
    kind: 'text',
    read: (body) => ({ ...readWish(body), ...toWishedPrompt(readPrompt(body)) }),
    write: (reply) => {
      const answer = reply.answers[0] as FinishedAnswer;
      return { ...open(reply), ...show(answer), ...close(reply), ...writeLogprobs(answer.logprobs) };
    },
    writeStream: (reply) => {
      const { text, reasoning, toolCalls, logprobs } = reply.answers[0] as FinishedAnswer;
      const line = (shown: Shown, more: object = {}) =>
        `${JSON.stringify({ ...open(reply), ...show(shown), done: false, ...more })}\n`;
      return [
        ...splitTokens(reasoning ?? '').map((token) => line({ text: '', reasoning: token })),
        ...splitTokens(text).map((token, at) =>
          line({ text: token, reasoning: undefined }, writeLogprobs(logprobs?.slice(at, at + 1))),
        ),
        ...(toolCalls.length > 0 ? [line({ text: '', reasoning: undefined, toolCalls })] : []),
        line({ text: '', reasoning: undefined }, close(reply)),
      ];
    },
  };
}

function toWishedPrompt({ prompt, promptTokens }: { prompt: string; promptTokens: number }) {
  return { prompts: [prompt], promptTokens };
}

function readWish(body: Body): Wish {
  const { stream, format, options, logprobs, top_logprobs, tools } = body as {
    stream?: boolean;
    format?: unknown;
    options?: { num_predict?: number };
    logprobs?: boolean;
    top_logprobs?: number;
    tools?: unknown;
  };
  const maxTokens = options?.num_predict;
  return {
    ...plainWish,
    // A negative number is Ollama's word for no limit.
    maxTokens: maxTokens !== undefined && maxTokens >= 0 ? maxTokens : undefined,
    isStream: stream !== false,
    logprobs: logprobs === true ? (top_logprobs ?? 0) : undefined,
    schema: typeof format === 'object' && format !== null ? (format as JsonSchema) : undefined,
    isJson: format === 'json',
    tools: readTools(tools),
  };
}

function open({ model }: TextReply) {
  return { model, created_at: createdAt };
}

function close({ wish, answers }: TextReply) {
  const { finishReason, completionTokens } = answers[0] as FinishedAnswer;
  return {
    done: true,
    done_reason: finishReason === 'length' ? 'length' : 'stop',
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: wish.promptTokens,
    prompt_eval_duration: 0,
    eval_count: completionTokens,
    eval_duration: 0,
  };
}

function writeLogprobs(logprobs: FinishedAnswer['logprobs']) {
  return (
    logprobs && {
      logprobs: logprobs.map(({ token, logprob, top }) => ({
        token,
        logprob,
        ...(top.length > 0 && { top_logprobs: top }),
      })),
    }
  );
}
