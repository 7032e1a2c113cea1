import {
  ConfigError,
  registerBlock,
  type BlockServices,
  type LMClient,
  type ModelPrice,
  type ResponseFormat,
  type TProperties,
} from '@dgt/core';
import { modelConfigFields, type ModelBlockConfig } from '../../model-config.js';
import { ModelProvider } from '../../model-provider.js';
import type { Method, ParameterNames } from '../../parameters.js';
import { findListPrice } from '../../prices/find-price.js';
import { isAt, readServer, serverConfigFields, type Server, type ServerConfig } from '../server-config.js';
import { toAnswerSchema } from './answer-schema.js';
import { AnthropicClient } from './client.js';
import { anthropicParameters } from './parameters.js';

const officialUrl = 'https://api.anthropic.com';

/**
 * Calls a model of Anthropic: at `base_url`, else at api.anthropic.com. The key is `api_key`; ANTHROPIC_API_KEY goes to
 * Anthropic alone. Messages, images and tools are written and read in the shape that all providers share. The API wants
 * `max_tokens`, has no completions, and gives one answer a request.
 */
@registerBlock('anthropic')
export class AnthropicProvider extends ModelProvider<ServerConfig> {
  static override readonly providerName = 'anthropic';
  static override readonly parameterNames: ParameterNames = anthropicParameters;
  static override readonly methods: readonly Method[] = ['chat_completion'];
  static override readonly configFields: TProperties = { ...modelConfigFields, ...serverConfigFields };

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, also without `max_tokens`; DGT_PARAMETER_UNSUPPORTED. */
  constructor(config?: ModelBlockConfig<ServerConfig>, services?: BlockServices) {
    super(config, services);
    if (this.parameters.max_tokens === undefined) {
      const problems = 'max_tokens: missing; the API of Anthropic wants it with every request';
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
    }
    const isOfficial = isAt('api.anthropic.com', this.config.base_url ?? officialUrl);
    const apiKey = isOfficial ? process.env['ANTHROPIC_API_KEY'] : undefined;
    const server = readServer(this.config, { endpoint: officialUrl, apiKey }, this.services);
    // The address of the API is given with and without its version.
    this.#server = { ...server, endpoint: server.endpoint.replace(/\/v1$/, '') };
  }

  /** The API has schemas whose objects are closed, but no way to ask for just any JSON. */
  protected override takesFormat(format: ResponseFormat): boolean {
    return toAnswerSchema(format) !== undefined;
  }

  protected override get listPrice(): ModelPrice | undefined {
    return isAt('api.anthropic.com', this.#server.endpoint) ? findListPrice('anthropic', this.modelName) : undefined;
  }

  /** @throws {@link ConfigError} DGT_ENV_MISSING, when Anthropic itself is to be called and there is no key. */
  protected override createClient(): LMClient {
    const { endpoint, apiKey } = this.#server;
    if (!apiKey && isAt('api.anthropic.com', endpoint)) {
      const where = `${this.name} (anthropic at ${endpoint})`;
      throw new ConfigError('DGT_ENV_MISSING', { where, name: 'ANTHROPIC_API_KEY' });
    }
    return new AnthropicClient(this.#server, this.config.model_id_or_path);
  }
}
