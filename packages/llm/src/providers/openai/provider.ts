import { ConfigError, registerBlock, type BlockServices, type TProperties, type LMClient } from '@dgt/core';
import { modelConfigFields, type ModelBlockConfig } from '../../model-config.js';
import { ModelProvider } from '../../model-provider.js';
import type { Method, ParameterNames } from '../../parameters.js';
import { readServer, serverConfigFields, type Server, type ServerConfig } from '../server-config.js';
import { isOfficial, OpenAIClient } from './client.js';
import { openaiParameters } from './parameters.js';

/**
 * Calls a model at OpenAI, or at any server that speaks its API: at `base_url`, else at OPENAI_BASE_URL, else at
 * api.openai.com. The key is `api_key`, else OPENAI_API_KEY; servers other than OpenAI's may need none. A string is what the
 * user says in a chat, unless `method: completion` asks for `/completions`. A seed goes out only when the user gives one.
 */
@registerBlock('openai')
export class OpenAIProvider extends ModelProvider<ServerConfig> {
  static override readonly providerName = 'openai';
  static override readonly parameterNames: ParameterNames = openaiParameters;
  static override readonly defaultMethod: Method = 'chat_completion';
  static override readonly configFields: TProperties = { ...modelConfigFields, ...serverConfigFields };

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_PARAMETER_UNSUPPORTED, DGT_OPTION_INVALID. */
  constructor(config?: ModelBlockConfig<ServerConfig>, services?: BlockServices) {
    super(config, services);
    const endpoint = process.env['OPENAI_BASE_URL'] || 'https://api.openai.com/v1';
    this.#server = readServer(this.config, { endpoint, apiKey: process.env['OPENAI_API_KEY'] }, this.services);
  }

  /** @throws {@link ConfigError} DGT_ENV_MISSING, when OpenAI itself is to be called and there is no key. */
  protected override createClient(): LMClient {
    const { endpoint, apiKey } = this.#server;
    if (!apiKey && isOfficial(endpoint)) {
      throw new ConfigError('DGT_ENV_MISSING', {
        where: `${this.name} (openai at ${endpoint})`,
        name: 'OPENAI_API_KEY',
      });
    }
    return new OpenAIClient(this.#server, this.config.model_id_or_path);
  }
}
