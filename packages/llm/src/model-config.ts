import { innerBlock, Type, type Static, type TObject } from '@dgt/core';
import { parameterFields } from './parameter-fields.js';
import { priceField } from './prices/find-price.js';
import { retryCauses } from './retry-policy.js';
import { toolFields } from './row-input.js';

/** How every model block makes its calls, whatever it asks for. */
export const callFields = {
  /** The name of the model at its server, or the path of its file. */
  model_id_or_path: Type.String({ minLength: 1 }),
  /** The most calls that this block has in flight at once. */
  call_limit: Type.Integer({ minimum: 1, default: 10 }),
  /** The most requests and tokens a minute, of all blocks that call this model with the same credential. */
  rpm: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  tpm: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  /** What a million tokens cost, in dollars. Default: as the price list of the vendor says, where dgt knows it. */
  price: Type.Optional(priceField),
  /** How long one try may take, in seconds. Default: by how long answers take, and never less than five minutes. */
  timeout: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  /** How long the endpoint may answer nobody before the run ends, in seconds. */
  max_outage: Type.Number({ minimum: 0, default: 600 }),
  /** How often one call is tried again while the endpoint answers others. Default: 5. */
  max_retries: Type.Optional(Type.Integer({ minimum: 0 })),
  /** What is tried again, how often, and when. */
  retry: Type.Optional(
    Type.Object(
      {
        max_retries: Type.Optional(Type.Integer({ minimum: 0 })),
        /** The wait after the first failure, in seconds; it doubles each time. Default: 0.5. */
        first_wait: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        /** Default: 30. */
        longest_wait: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        /** Default: all. */
        retry_on: Type.Optional(Type.Array(Type.Union(retryCauses.map((cause) => Type.Literal(cause))))),
      },
      { additionalProperties: false },
    ),
  ),
  /** Whether to wait until the model can be called at all, before the first call: for how many seconds; true waits half an hour. */
  wait_for_model: Type.Optional(Type.Union([Type.Boolean(), Type.Number({ minimum: 0 })])),
};

/** What of an answer is asked for and kept, beside the generation parameters. */
const answerFields = {
  /** How a string input is given to the model; messages are always a chat. Default: the provider's own. */
  method: Type.Optional(Type.Union([Type.Literal('completion'), Type.Literal('chat_completion')])),
  /** The model to use instead when this one is not reachable, or its server lacks the model. */
  fallback: Type.Optional(innerBlock('language model')),
  ...toolFields,
  /** Parameters that are left out where the provider does not honour them, instead of being an error. */
  optional_parameters: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  /** What becomes of an answer that `max_tokens` cut off: kept, an error, or asked for again with twice as many. Default: keep. */
  on_length: Type.Optional(Type.Union(['keep', 'error', 'retry'].map((policy) => Type.Literal(policy)))),
  /** The most tokens that `on_length: retry` asks for. Default: 8 times `max_tokens`. */
  max_tokens_ceiling: Type.Optional(Type.Integer({ minimum: 1 })),
  /**
   * The field of the row whose text is shortened, in its place in the prompt, when the prompt is too long for the model. Default:
   * such a row is an error.
   */
  truncate: Type.Optional(Type.String({ minLength: 1 })),
  /** How often an answer that does not fit `response_format` is asked for again, with what is wrong. Default: 1. */
  max_reasks: Type.Optional(Type.Integer({ minimum: 0 })),
};

/** How often an answer without the shape of its `response_format` is asked for again, unless YAML says otherwise. */
export const defaultReasks = 1;

/** The configuration that all model blocks share; a provider adds its own fields to it. */
export const modelConfigFields = { ...callFields, ...answerFields, ...parameterFields };

/** Configuration that says how the model is reached and not what it answers. */
export const modelTransportFields = [
  'base_url',
  'api_key',
  'default_headers',
  'endpoints',
  'call_limit',
  'rpm',
  'tpm',
  'price',
  'timeout',
  'max_outage',
  'max_retries',
  'retry',
  'wait_for_model',
  'fallback',
] as const;

/** The configuration that says how calls are made, with defaults filled in. */
export type CallConfig = Static<TObject<typeof callFields>>;

/** The configuration of a model block, with defaults filled in. */
export type ModelConfig = Static<TObject<typeof modelConfigFields>>;

/** What the constructor of a model block is given: what has a default may be left out. */
export type ModelBlockConfig<Extra extends object = object> = Partial<ModelConfig & Extra> & {
  readonly name?: string;
  readonly type?: string;
  readonly input_map?: Record<string, string>;
  readonly output_map?: Record<string, string>;
};
