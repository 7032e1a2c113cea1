import type { ParameterNames } from '../../parameters.js';

const options = {
  max_tokens: 'num_predict',
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  min_p: 'min_p',
  seed: 'seed',
  stop: 'stop',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  repeat_penalty: 'repeat_penalty',
  num_ctx: 'num_ctx',
  /** Not one of Ollama's options but a field of the request. */
  response_format: 'format',
} as const;

/** Ollama takes the same options for /api/generate and /api/chat. */
export const ollamaParameters: ParameterNames = { completion: options, chat_completion: options };
