import { ConfigError, registerBlock, Type, type BlockServices, type LMClient, type TProperties } from '@dgt/core';
import { modelConfigFields, modelTransportFields, type ModelBlockConfig } from '../../model-config.js';
import { ModelProvider } from '../../model-provider.js';
import type { ParameterName } from '../../parameter-fields.js';
import type { Method, ParameterNames } from '../../parameters.js';
import { OpenAIClient } from '../openai/client.js';
import { serverProfiles } from '../openai/servers.js';
import { readServer, serverConfigFields, type Server, type ServerConfig } from '../server-config.js';

interface AzureConfig extends ServerConfig {
  readonly api_version?: string;
}

/**
 * Calls a model that is deployed in an Azure OpenAI resource: `base_url` is the address of the resource, `model_id_or_path` the
 * name of the deployment. The key is `api_key`, else AZURE_OPENAI_API_KEY. With `api_version` the dated API is called, without
 * it the newer one, whose address ends in `/openai/v1`.
 */
@registerBlock('azure_openai')
export class AzureOpenAIProvider extends ModelProvider<AzureConfig> {
  static override readonly providerName = 'azure_openai';
  static override readonly parameterNames: ParameterNames = serverProfiles.openai.parameters;
  static override readonly defaultMethod: Method = 'chat_completion';
  static override readonly configFields: TProperties = {
    ...modelConfigFields,
    ...serverConfigFields,
    /** Such as `2024-10-21`. Default: the API without dates. */
    api_version: Type.Optional(Type.String({ minLength: 1 })),
  };
  static override readonly transportFields: readonly string[] = [...modelTransportFields, 'api_version'];

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, also without `base_url`; DGT_PARAMETER_UNSUPPORTED, DGT_OPTION_INVALID. */
  constructor(config?: ModelBlockConfig<AzureConfig>, services?: BlockServices) {
    super(config, services);
    const { base_url, api_version } = this.config;
    if (base_url === undefined) {
      const problems = 'base_url: missing; expected the address of the resource, https://NAME.openai.azure.com';
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
    }
    const apiKey = process.env['AZURE_OPENAI_API_KEY'];
    const server = readServer(this.config, { endpoint: base_url, apiKey }, this.services);
    // The portal shows the address of the resource, of the API and of the deployment: all are taken.
    const resource = server.endpoint.replace(/\/openai(\/v1|\/deployments\/.*)?$/, '');
    this.#server = { ...server, endpoint: `${resource}/openai${api_version === undefined ? '/v1' : ''}` };
  }

  /** @throws {@link ConfigError} DGT_ENV_MISSING, when there is no key. */
  protected override createClient(): LMClient {
    const { endpoint, apiKey } = this.#server;
    const { model_id_or_path: model, api_version } = this.config;
    if (!apiKey) {
      const where = `${this.name} (azure_openai at ${endpoint})`;
      throw new ConfigError('DGT_ENV_MISSING', { where, name: 'AZURE_OPENAI_API_KEY' });
    }
    return new OpenAIClient({
      server: this.#server,
      model,
      kind: 'openai',
      parameters: Object.keys(this.parameters) as ParameterName[],
      optional: this.optionalParameters,
      provider: 'azure_openai',
      keyName: 'AZURE_OPENAI_API_KEY',
      authorization: { 'api-key': apiKey },
      listsModels: false,
      ...(api_version !== undefined && {
        query: `?api-version=${encodeURIComponent(api_version)}`,
        modelPath: `/deployments/${encodeURIComponent(model)}`,
      }),
    });
  }
}
