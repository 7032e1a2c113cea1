import { Type, type LMParameters } from '@dgt/core';

/** A generation parameter under dgt's own name. */
export type ParameterName = keyof LMParameters;

/** Other names that users know a parameter by, taken wherever its own name is taken. */
export const parameterAliases = {
  max_new_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  num_predict: 'max_tokens',
  max_tokens_to_sample: 'max_tokens',
  stop_sequences: 'stop',
  random_seed: 'seed',
  repetition_penalty: 'repeat_penalty',
  top_logprobs: 'logprobs',
} as const satisfies Record<string, ParameterName>;

const maxTokens = Type.Integer({ minimum: 1 });
const seed = Type.Integer();
const stop = Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }))]);
const repeatPenalty = Type.Number({ exclusiveMinimum: 0 });
// `true` is what OpenAI's chat API has for "without alternatives".
const logprobs = Type.Union([Type.Boolean(), Type.Integer({ minimum: 0 })]);
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
// What it may say is told by `readShape`.
const responseFormat = Type.Record(Type.String(), Type.Unknown());

const ownFields = {
  max_tokens: Type.Optional(maxTokens),
  min_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
  temperature: Type.Optional(Type.Number({ minimum: 0 })),
  top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: Type.Optional(Type.Integer()),
  min_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  seed: Type.Optional(seed),
  stop: Type.Optional(stop),
  frequency_penalty: Type.Optional(Type.Number()),
  presence_penalty: Type.Optional(Type.Number()),
  repeat_penalty: Type.Optional(repeatPenalty),
  logit_bias: Type.Optional(Type.Record(Type.String(), Type.Number())),
  num_ctx: Type.Optional(Type.Integer({ minimum: 1 })),
  n: Type.Optional(Type.Integer({ minimum: 1, maximum: 128 })),
  logprobs: Type.Optional(logprobs),
  reasoning_effort: Type.Optional(Type.Union(efforts.map((effort) => Type.Literal(effort)))),
  response_format: Type.Optional(responseFormat),
  guided_regex: Type.Optional(Type.String({ minLength: 1 })),
  guided_choice: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  guided_grammar: Type.Optional(Type.String({ minLength: 1 })),
  extra_body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
} satisfies Record<ParameterName, unknown>;

/** All generation parameters under their own names. */
export const parameterNameList = Object.keys(ownFields) as readonly ParameterName[];

/** Every generation parameter, under its own name and its aliases, as the schema of YAML and of `gen_kwargs`. */
export const parameterFields = {
  ...ownFields,
  max_new_tokens: Type.Optional(maxTokens),
  max_completion_tokens: Type.Optional(maxTokens),
  num_predict: Type.Optional(maxTokens),
  max_tokens_to_sample: Type.Optional(maxTokens),
  stop_sequences: Type.Optional(stop),
  random_seed: Type.Optional(seed),
  repetition_penalty: Type.Optional(repeatPenalty),
  top_logprobs: Type.Optional(logprobs),
} satisfies Record<ParameterName | keyof typeof parameterAliases, unknown>;
