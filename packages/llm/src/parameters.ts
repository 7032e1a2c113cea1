import {
  compileSchema,
  ConfigError,
  describeProblems,
  suggestNearest,
  Type,
  type LMParameters,
  type LMRequest,
} from '@dgt/core';

/** How a model is called: with one prompt to continue, or with the messages of a chat. */
export type Method = LMRequest['method'];

/** A generation parameter under dgt's own name. */
export type ParameterName = keyof LMParameters;

/**
 * The one table of a provider: for each method, the parameters that it honours and what its API calls them. What stands in
 * no row is an error when a user asks for it.
 */
export type ParameterNames = Readonly<Record<Method, Readonly<Partial<Record<ParameterName, string>>>>>;

/** Other names that users know a parameter by, taken wherever its own name is taken. */
export const parameterAliases = {
  max_new_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  num_predict: 'max_tokens',
  max_tokens_to_sample: 'max_tokens',
  stop_sequences: 'stop',
  random_seed: 'seed',
} as const satisfies Record<string, ParameterName>;

const maxTokens = Type.Integer({ minimum: 1 });
const seed = Type.Integer();
const stop = Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }))]);
const responseFormat = Type.Union([
  Type.Object({ type: Type.Literal('json_object') }),
  Type.Object({
    type: Type.Literal('json_schema'),
    json_schema: Type.Object({ name: Type.String(), schema: Type.Unknown() }),
  }),
]);

const ownFields = {
  max_tokens: Type.Optional(maxTokens),
  temperature: Type.Optional(Type.Number({ minimum: 0 })),
  top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: Type.Optional(Type.Integer()),
  min_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  seed: Type.Optional(seed),
  stop: Type.Optional(stop),
  frequency_penalty: Type.Optional(Type.Number()),
  presence_penalty: Type.Optional(Type.Number()),
  repeat_penalty: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  num_ctx: Type.Optional(Type.Integer({ minimum: 1 })),
  response_format: Type.Optional(responseFormat),
} satisfies Record<ParameterName, unknown>;

/** Every generation parameter, under its own name and its aliases, as the schema of YAML and of `gen_kwargs`. */
export const parameterFields = {
  ...ownFields,
  max_new_tokens: Type.Optional(maxTokens),
  max_completion_tokens: Type.Optional(maxTokens),
  num_predict: Type.Optional(maxTokens),
  max_tokens_to_sample: Type.Optional(maxTokens),
  stop_sequences: Type.Optional(stop),
  random_seed: Type.Optional(seed),
};

const checker = compileSchema(Type.Object(parameterFields));

/**
 * Brings generation parameters to dgt's own names: the same for a block's YAML and for a row's `gen_kwargs`.
 *
 * @param raw what the user gave, and nothing but parameters; members that are `undefined` count as absent.
 * @param supported the names that the provider honours.
 * @throws {@link ConfigError} DGT_PARAMETER_UNSUPPORTED with the nearest name and all that are known; DGT_BLOCK_CONFIG for
 *   a value of the wrong type or range, and for a parameter given twice with different values.
 */
export function unifyParameters(
  raw: Readonly<Record<string, unknown>>,
  supported: Iterable<ParameterName>,
  provider: string,
): LMParameters {
  const known = new Set<string>(supported);
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
  for (const parameter of Object.keys(given)) {
    if (!known.has(ownName(parameter))) throw unsupported(parameter, known, provider);
  }
  const problems = checker.check(given);
  if (problems.length > 0) {
    throw new ConfigError('DGT_BLOCK_CONFIG', { block: provider, problems: describeProblems(problems) });
  }
  return mergeAliases(given, provider);
}

/** Renames parameters to those of a provider's API. What the table does not name is left out. */
export function toNativeParameters(
  parameters: LMParameters,
  names: ParameterNames[Method],
): Record<string, LMParameters[ParameterName]> {
  const native: Record<string, LMParameters[ParameterName]> = {};
  for (const [parameter, value] of Object.entries(parameters) as [ParameterName, LMParameters[ParameterName]][]) {
    const name = names[parameter];
    if (name !== undefined && value !== undefined) native[name] = value;
  }
  return native;
}

function ownName(name: string): string {
  return Object.hasOwn(parameterAliases, name) ? parameterAliases[name as keyof typeof parameterAliases] : name;
}

function unsupported(parameter: string, known: ReadonlySet<string>, provider: string): ConfigError {
  const aliases = Object.entries(parameterAliases).filter(([, own]) => known.has(own));
  return new ConfigError('DGT_PARAMETER_UNSUPPORTED', {
    provider,
    parameter,
    nearest: suggestNearest(parameter, [...known, ...aliases.map(([alias]) => alias)]),
    known: [...known].sort().join(', ') || 'none',
  });
}

function mergeAliases(given: Readonly<Record<string, unknown>>, provider: string): LMParameters {
  const unified: Record<string, unknown> = {};
  const saidAs: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const own = ownName(name);
    const normalized = own === 'stop' && typeof value === 'string' ? [value] : value;
    const earlier = saidAs[own];
    if (earlier !== undefined && JSON.stringify(unified[own]) !== JSON.stringify(normalized)) {
      const problems = `${earlier} and ${name} are the same parameter with different values`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: provider, problems });
    }
    unified[own] = normalized;
    saidAs[own] = name;
  }
  return unified as LMParameters;
}
