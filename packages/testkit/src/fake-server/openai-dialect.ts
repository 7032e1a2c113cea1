import type { DialectShape } from './dialect.js';

const chatPath = '/v1/chat/completions';

/** OpenAI's API, as its servers and their likes speak it. */
export const openaiDialect: DialectShape = {
  name: 'openai',
  answerPaths: [chatPath, '/v1/completions'],
  readMaxTokens: (body) => (body['max_completion_tokens'] ?? body['max_tokens']) as number | undefined,
  writeAnswer: (path, model, { text, finishReason, promptTokens, completionTokens }) => ({
    id: 'fake',
    object: path === chatPath ? 'chat.completion' : 'text_completion',
    created: 0,
    model,
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        logprobs: null,
        ...(path === chatPath ? { message: { role: 'assistant', content: text } } : { text }),
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  }),
  writeError: (message, code) => ({
    error: { message, type: 'invalid_request_error', param: null, code: code ?? null },
  }),
  unknownModel: (model) => `The model \`${model}\` does not exist or you do not have access to it.`,
  describe: ({ method, path, models, knowsModel }) => {
    if (method !== 'GET') return undefined;
    if (path === '/v1/models') return { status: 200, body: { object: 'list', data: models.map(describeModel) } };
    const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
    if (model === undefined) return undefined;
    const id = decodeURIComponent(model);
    return knowsModel(id)
      ? { status: 200, body: describeModel(id) }
      : { status: 404, body: openaiDialect.writeError(openaiDialect.unknownModel(id), 'model_not_found') };
  },
};

function describeModel(id: string) {
  return { id, object: 'model', created: 0, owned_by: 'fake' };
}
