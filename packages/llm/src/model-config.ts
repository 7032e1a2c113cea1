import { Type, type Static, type TObject } from '@dgt/core';
import { parameterFields } from './parameters.js';

/** What every model block takes in YAML, beside the generation parameters. */
const callFields = {
  /** The name of the model at its server, or the path of its file. */
  model_id_or_path: Type.String({ minLength: 1 }),
  /** How a string input is given to the model; messages are always a chat. Default: the provider's own. */
  method: Type.Optional(Type.Union([Type.Literal('completion'), Type.Literal('chat_completion')])),
  /** The most calls that this block has in flight at once. */
  call_limit: Type.Integer({ minimum: 1, default: 10 }),
  /** How long one try may take, in seconds. Node's fetch gives up after 300 s by itself, so more has no effect for servers. */
  timeout: Type.Number({ exclusiveMinimum: 0, default: 300 }),
  /** How long the endpoint may answer nobody before the run ends, in seconds. */
  max_outage: Type.Number({ minimum: 0, default: 600 }),
  /** How often one call is tried again while the endpoint answers others. */
  max_retries: Type.Integer({ minimum: 0, default: 5 }),
  /** The model to use instead when this one is not reachable, or its server lacks the model. */
  fallback: Type.Optional(Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true })),
};

/** The configuration that all model blocks share; a provider adds its own fields to it. */
export const modelConfigFields = { ...callFields, ...parameterFields };

/** Configuration that says how the model is reached and not what it answers. */
export const modelTransportFields = [
  'base_url',
  'api_key',
  'default_headers',
  'call_limit',
  'timeout',
  'max_outage',
  'max_retries',
  'fallback',
] as const;

/** The configuration of a model block, with defaults filled in. */
export type ModelConfig = Static<TObject<typeof modelConfigFields>>;

/** What the constructor of a model block is given: what has a default may be left out. */
export type ModelBlockConfig<Extra extends object = object> = Partial<ModelConfig & Extra> & {
  readonly name?: string;
  readonly type?: string;
  readonly input_map?: Record<string, string>;
  readonly output_map?: Record<string, string>;
};
