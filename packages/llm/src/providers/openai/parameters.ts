import type { ParameterNames } from '../../parameters.js';

const completion = {
  max_tokens: 'max_tokens',
  temperature: 'temperature',
  top_p: 'top_p',
  seed: 'seed',
  stop: 'stop',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
} as const;

/** The names of `/completions` and `/chat/completions`, as OpenAI-compatible servers know them. */
export const openaiParameters: ParameterNames = {
  completion,
  chat_completion: { ...completion, response_format: 'response_format' },
};

/** OpenAI itself has renamed one, and its newer models refuse the old name. */
export const officialChatParameters = {
  ...openaiParameters.chat_completion,
  max_tokens: 'max_completion_tokens',
} as const satisfies ParameterNames['chat_completion'];
