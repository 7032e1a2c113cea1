import type { Body, DialectShape, EmbeddingEndpoint, Endpoint, Refusal } from './dialect.js';
import { chatEndpoint } from './openai-chat.js';
import { completionEndpoint } from './openai-completion.js';
import { formatSpan } from './spans.js';

const refusals: Readonly<Record<Refusal, { status: number; type: string; code: string | null }>> = {
  unauthorized: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  notFound: { status: 404, type: 'invalid_request_error', code: 'unknown_url' },
  unknownModel: { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  badRequest: { status: 400, type: 'invalid_request_error', code: null },
  contextLength: { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  rateLimit: { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  serverError: { status: 500, type: 'server_error', code: null },
  overloaded: { status: 503, type: 'server_error', code: null },
};

const embeddingEndpoint: EmbeddingEndpoint = {
  kind: 'embedding',
  readTexts: ({ input }) =>
    isListOfTexts(input) ? input : [typeof input === 'string' ? input : JSON.stringify(input)],
  write: ({ model, body, vectors, promptTokens }) => ({
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: writeVector(vector, body) })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  }),
};

/** OpenAI's API, as its servers and their likes speak it. */
export const openaiDialect: DialectShape = {
  name: 'openai',
  endpoints: new Map<string, Endpoint>([
    ['/v1/chat/completions', chatEndpoint],
    ['/v1/completions', completionEndpoint],
    ['/v1/embeddings', embeddingEndpoint],
  ]),
  streamType: 'text/event-stream; charset=utf-8',
  readKey: (headers) => headers.authorization?.replace(/^Bearer /, '') ?? (headers['api-key'] as string | undefined),
  writeRefusal: (refusal, message) => {
    const { status, type, code } = refusals[refusal];
    return { status, body: { error: { message, type, param: null, code } } };
  },
  unknownModel: (model) => `The model \`${model}\` does not exist or you do not have access to it.`,
  writeLimits: ({ requests, tokens }) => ({
    ...(requests !== undefined && {
      'x-ratelimit-limit-requests': String(requests.limit),
      'x-ratelimit-remaining-requests': String(requests.remaining),
      'x-ratelimit-reset-requests': formatSpan(requests.resetMs),
    }),
    ...(tokens !== undefined && {
      'x-ratelimit-limit-tokens': String(tokens.limit),
      'x-ratelimit-remaining-tokens': String(tokens.remaining),
      'x-ratelimit-reset-tokens': formatSpan(tokens.resetMs),
    }),
  }),
  describe: ({ method, path, models, knowsModel }) => {
    if (method !== 'GET') return undefined;
    if (path === '/v1/models') return { status: 200, body: { object: 'list', data: models.map(describeModel) } };
    if (!path.startsWith('/v1/models/')) return undefined;
    const id = decodeURIComponent(path.slice('/v1/models/'.length));
    return knowsModel(id)
      ? { status: 200, body: describeModel(id) }
      : openaiDialect.writeRefusal('unknownModel', openaiDialect.unknownModel(id));
  },
};

function describeModel(id: string) {
  return { id, object: 'model', created: 0, owned_by: 'fake' };
}

function isListOfTexts(input: unknown): input is string[] {
  return Array.isArray(input) && input.every((text) => typeof text === 'string');
}

function writeVector(vector: Float32Array, { encoding_format: format }: Body): string | number[] {
  if (format !== 'base64') return Array.from(vector);
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
