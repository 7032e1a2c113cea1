import type { ParameterNames } from '../../parameters.js';

const names = {
  max_tokens: 'options.num_predict',
  temperature: 'options.temperature',
  top_p: 'options.top_p',
  top_k: 'options.top_k',
  min_p: 'options.min_p',
  seed: 'options.seed',
  stop: 'options.stop',
  frequency_penalty: 'options.frequency_penalty',
  presence_penalty: 'options.presence_penalty',
  repeat_penalty: 'options.repeat_penalty',
  num_ctx: 'options.num_ctx',
  logprobs: 'logprobs',
  reasoning_effort: 'think',
  response_format: 'format',
  extra_body: 'extra_body',
} as const;

/** Ollama takes the same for /api/generate and /api/chat. */
export const ollamaParameters: ParameterNames = { completion: names, chat_completion: names };
