import { ConfigError, registerBlock, Type } from '@dgt/core';
import type { BlockServices, LMClient, ModelPrice, TProperties } from '@dgt/core';
import { modelConfigFields, modelTransportFields, type ModelBlockConfig } from '../../model-config.js';
import { ModelProvider } from '../../model-provider.js';
import type { ParameterName } from '../../parameter-fields.js';
import type { Method, ParameterNames } from '../../parameters.js';
import { findListPrice } from '../../prices/find-price.js';
import { isAt, readServer, serverConfigFields, type Server, type ServerConfig } from '../server-config.js';
import { OpenAIClient } from './client.js';
import { anyServerParameters, findServerByHost, serverNames, serverProfiles, type ServerName } from './servers.js';

const officialUrl = 'https://api.openai.com/v1';

interface OpenAIConfig extends ServerConfig {
  readonly server?: ServerName;
}

/**
 * Calls a model at OpenAI, or at any server that speaks its API: at `base_url`, else at OPENAI_BASE_URL, else at
 * api.openai.com. The key is `api_key`; OPENAI_API_KEY goes to OpenAI or to OPENAI_BASE_URL alone, and servers of one's own may need none. A string
 * is what the user says in a chat, unless `method: completion` asks for `/completions`. A seed goes out only when the user
 * gives one. `server` says what kind of server it is, and so which further parameters it takes; left out, its address or its
 * list of models tells.
 */
@registerBlock('openai')
export class OpenAIProvider extends ModelProvider<OpenAIConfig> {
  static override readonly providerName = 'openai';
  static override readonly parameterNames: ParameterNames = anyServerParameters;
  static override readonly defaultMethod: Method = 'chat_completion';
  static override readonly configFields: TProperties = {
    ...modelConfigFields,
    ...serverConfigFields,
    /** What kind of server it is. Default: as its address or its list of models tells. */
    server: Type.Optional(Type.Union(serverNames.map((name) => Type.Literal(name)))),
  };
  static override readonly transportFields: readonly string[] = [...modelTransportFields, 'server'];

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_PARAMETER_UNSUPPORTED, DGT_OPTION_INVALID. */
  constructor(config?: ModelBlockConfig<OpenAIConfig>, services?: BlockServices) {
    super(config, services);
    this.#server = readOpenAIServer(this.config, this.services);
  }

  protected override get parameterNames(): ParameterNames {
    const kind = findKind(this.config);
    return kind === undefined ? anyServerParameters : serverProfiles[kind].parameters;
  }

  protected override get listPrice(): ModelPrice | undefined {
    return findOpenAIPrice(this.#server, this.modelName);
  }

  /** @throws {@link ConfigError} DGT_ENV_MISSING, when OpenAI itself is to be called and there is no key. */
  protected override createClient(): LMClient {
    const { apiKey, endpoint } = this.#server;
    checkKey(this.#server, this.name);
    return new OpenAIClient({
      server: this.#server,
      model: this.config.model_id_or_path,
      kind: findKind(this.config),
      parameters: Object.keys(this.parameters) as ParameterName[],
      optional: this.optionalParameters,
      provider: 'openai',
      keyName: nameKey(endpoint),
      authorization: { Authorization: apiKey && `Bearer ${apiKey}` },
      listsModels: true,
      batchRoot: '/v1',
    });
  }
}

/**
 * Where OpenAI's API is to be found for a block, and the key to it.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, for an address that is no URL.
 */
export function readOpenAIServer(config: ServerConfig, services: BlockServices): Server {
  const endpoint = defaultEndpoint();
  // A key of the environment is for OpenAI, or for the address that the environment names; no file decides who gets it.
  const isMeant = config.base_url === undefined || isOfficial(config.base_url);
  const apiKey = isMeant ? process.env['OPENAI_API_KEY'] : undefined;
  return readServer(config, { endpoint, apiKey }, services);
}

/** @throws {@link ConfigError} DGT_ENV_MISSING, when OpenAI itself is to be called and there is no key. */
export function checkKey({ endpoint, apiKey }: Server, block: string): void {
  if (apiKey || !isOfficial(endpoint)) return;
  throw new ConfigError('DGT_ENV_MISSING', { where: `${block} (openai at ${endpoint})`, name: 'OPENAI_API_KEY' });
}

/** What a model costs at OpenAI itself; a server that only speaks its API has prices of its own. */
export function findOpenAIPrice({ endpoint }: Server, model: string): ModelPrice | undefined {
  return isOfficial(endpoint) ? findListPrice('openai', model) : undefined;
}

/** What to set to give another key. */
export function nameKey(endpoint: string): string {
  return isOfficial(endpoint)
    ? 'OPENAI_API_KEY'
    : 'api_key of the block, since OPENAI_API_KEY goes to OpenAI or OPENAI_BASE_URL alone';
}

function findKind({ server, base_url }: OpenAIConfig): ServerName | undefined {
  return server ?? findServerByHost(base_url ?? defaultEndpoint());
}

function defaultEndpoint(): string {
  return process.env['OPENAI_BASE_URL'] || officialUrl;
}

function isOfficial(endpoint: string): boolean {
  return isAt('api.openai.com', endpoint);
}
