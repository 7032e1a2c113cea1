import { compileSchema, ConfigError, describeProblems, Type, type Static } from '@dgt/core';

const text = Type.String({ minLength: 1 });

const modelFields = {
  /** A label: the API is the one of OpenAI, whoever serves it. */
  provider: Type.Optional(Type.String()),
  /** YAML reads a key made of digits as a number. */
  api_key: Type.Optional(Type.Union([text, Type.Number()])),
  base_url: Type.Optional(text),
  model: Type.Optional(text),
  /** Requests a minute, of all rows together. */
  rate_limit: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
  temperature: Type.Optional(Type.Number({ minimum: 0 })),
};

const promptFields = {
  system_prompt_path: Type.Optional(text),
  user_prompt_path: Type.Optional(text),
};

const outputFields = {
  output_dir: Type.Optional(text),
  experiment_name: Type.Optional(text),
  need_time_stamp: Type.Optional(Type.Boolean()),
};

const closed = { additionalProperties: false };

/** The sections of `config.yaml`, and the names of each. */
export const sections = { model: modelFields, prompts: promptFields, output_data: outputFields } as const;

const { model: _section, ...flatModelFields } = modelFields;

/** What `config.yaml` may hold. A setting may also stand outside of its section, where it wins over the one inside. */
export const configSchema = Type.Object(
  {
    model: Type.Optional(Type.Object(modelFields, closed)),
    prompts: Type.Optional(Type.Object(promptFields, closed)),
    output_data: Type.Optional(Type.Object(outputFields, closed)),
    ...flatModelFields,
    ...promptFields,
    ...outputFields,
  },
  closed,
);

const flatSchema = Type.Object({ ...modelFields, ...promptFields, ...outputFields }, closed);

/** Everything that a pipeline is told, without its sections. */
export type FlatSettings = Static<typeof flatSchema>;

/** What a pipeline works with. */
export type PipelineSettings = FlatSettings & Required<Pick<FlatSettings, 'model' | keyof typeof outputFields>>;

/** As the template has them. */
const defaults = { output_dir: 'output', experiment_name: 'initial_test', need_time_stamp: true };

/**
 * Puts settings together, each of a later source over those before it, and in each source one outside of its section over the
 * one inside.
 *
 * @param sources with snake_case names, the first being the file.
 * @param where what the last source is called in errors.
 * @throws {@link ConfigError} DGT_CONFIG_INVALID
 */
export function mergeSettings(sources: readonly Readonly<Record<string, unknown>>[], where: string): PipelineSettings {
  const merged = Object.assign({}, defaults, ...sources.map(flatten)) as Record<string, unknown>;
  const problems = [...compileSchema(flatSchema).check(merged)];
  for (const [name, place] of [
    ['model', 'model.model'],
    ['user_prompt_path', 'prompts.user_prompt_path'],
  ] as const)
    if (merged[name] === undefined) problems.push({ path: [], problem: `missing "${place}"` });
  if (problems.length > 0)
    throw new ConfigError('DGT_CONFIG_INVALID', { problems: `${where}: ${describeProblems(problems)}` });
  return merged as PipelineSettings;
}

/** The settings of one source by their own names; what is undefined is left out. */
function flatten(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inside: Record<string, unknown> = {};
  const outside: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined) continue;
    if (name in sections && typeof value === 'object' && value !== null) Object.assign(inside, dropUndefined(value));
    else outside[name] = value;
  }
  return { ...inside, ...outside };
}

function dropUndefined(section: object): object {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}
