import type { ParameterNames } from '../../parameters.js';

/**
 * Newer models of Anthropic refuse `temperature`, `top_p` and `top_k`; the API says which. A seed, penalties and
 * probabilities it does not have.
 */
export const anthropicParameters: ParameterNames = {
  completion: {},
  chat_completion: {
    max_tokens: 'max_tokens',
    temperature: 'temperature',
    top_p: 'top_p',
    top_k: 'top_k',
    stop: 'stop_sequences',
    reasoning_effort: 'output_config.effort',
    response_format: 'output_config.format',
    extra_body: 'extra_body',
  },
};
