import { ConfigError, Type } from '@dgt/core';

const endpoint = Type.Object(
  {
    base_url: Type.String({ minLength: 1 }),
    /** Default: the api_key of the block, or as for a block at this address. */
    api_key: Type.Optional(Type.String({ minLength: 1 })),
    /** The most calls that the block has in flight there. Default: the block's. */
    call_limit: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);

/** The field in which a provider that talks to servers takes several of them for one model. */
export const endpointsField = {
  /** Several servers of the same model, instead of one `base_url`: addresses, or addresses with what belongs to each. */
  endpoints: Type.Optional(Type.Array(Type.Union([Type.String({ minLength: 1 }), endpoint]), { minItems: 1 })),
};

/** One entry of `endpoints:`. */
export interface EndpointConfig {
  readonly base_url: string;
  readonly api_key?: string;
  readonly call_limit?: number;
}

/** The configuration that {@link endpointsField} describes. */
export interface EndpointsConfig {
  readonly endpoints?: readonly (string | EndpointConfig)[];
}

/** A configuration that may say where its server is, or where several are. */
interface PlacedConfig extends EndpointsConfig {
  readonly name?: string;
  readonly base_url?: string;
  readonly api_key?: string;
  readonly call_limit?: number;
}

/**
 * The configurations of as many blocks as there are endpoints: each names one as its `base_url`. The configuration itself
 * where it names no endpoints.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG, for a `base_url` beside `endpoints`, or an address that stands there twice.
 */
export function splitEndpoints<Config extends object>(config: Config): Config[] {
  const { endpoints, ...rest } = config as PlacedConfig;
  if (!Array.isArray(endpoints) || endpoints.length === 0) return [config];
  const { name: block = 'model' } = rest;
  const placed = endpoints.map((entry) =>
    typeof entry === 'string' ? { base_url: entry } : entry,
  ) as EndpointConfig[];
  const addresses = placed.map(({ base_url }) => base_url);
  const repeated = addresses.find((address, index) => addresses.indexOf(address) !== index);
  const problems = [
    ...(rest.base_url === undefined ? [] : ['base_url and endpoints: name the address among the endpoints']),
    ...(repeated === undefined ? [] : [`endpoints: ${repeated} stands there twice`]),
  ];
  if (problems.length > 0) throw new ConfigError('DGT_BLOCK_CONFIG', { block, problems: problems.join('; ') });
  return placed.map((entry) => Object.assign({}, rest, entry) as unknown as Config);
}

/** The same configuration with the address and key of its first endpoint, for what needs to know where the model is served. */
export function placeAtFirst<Config extends object>(config: Config): Config {
  const { endpoints } = config as { endpoints?: unknown };
  const isWellFormed = Array.isArray(endpoints) && endpoints.length > 0 && endpoints.every(namesAddress);
  // What is not well formed is an error of the block's own check.
  if (!isWellFormed) return config;
  const { base_url, api_key } = splitEndpoints(config)[0] as PlacedConfig;
  return { ...config, base_url, ...(api_key !== undefined && { api_key }) };
}

function namesAddress(entry: unknown): boolean {
  return typeof (typeof entry === 'string' ? entry : (entry as Partial<EndpointConfig> | null)?.base_url) === 'string';
}
