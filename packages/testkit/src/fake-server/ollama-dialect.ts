import type { DialectShape } from './dialect.js';

/** Ollama's own API. */
export const ollamaDialect: DialectShape = {
  name: 'ollama',
  answerPaths: ['/api/generate', '/api/chat'],
  readMaxTokens: (body) => (body['options'] as { num_predict?: number } | undefined)?.num_predict,
  writeAnswer: (path, model, { text, finishReason, promptTokens, completionTokens }) => ({
    model,
    created_at: new Date(0).toISOString(),
    ...(path === '/api/chat' ? { message: { role: 'assistant', content: text } } : { response: text }),
    done: true,
    done_reason: finishReason,
    prompt_eval_count: promptTokens,
    eval_count: completionTokens,
  }),
  writeError: (message) => ({ error: message }),
  unknownModel: (model) => `model '${model}' not found`,
  describe: ({ method, path, body, models, knowsModel }) => {
    if (method === 'GET' && path === '/api/version') return { status: 200, body: { version: '0.0.0-fake' } };
    if (method === 'GET' && path === '/api/tags') {
      return { status: 200, body: { models: models.map((name) => ({ name, model: name, size: 0 })) } };
    }
    if (method !== 'POST' || path !== '/api/show') return undefined;
    const model = String(body['model']);
    return knowsModel(model)
      ? { status: 200, body: { details: { family: 'fake' }, model_info: {}, capabilities: ['completion'] } }
      : { status: 404, body: ollamaDialect.writeError(ollamaDialect.unknownModel(model)) };
  },
};
