import { registerBlock, type BlockServices, type TProperties, type LMClient, type ModelPrice } from '@dgt/core';
import { modelConfigFields, type ModelBlockConfig } from '../../model-config.js';
import { ModelProvider } from '../../model-provider.js';
import type { Method, ParameterNames } from '../../parameters.js';
import { freePrice } from '../../prices/find-price.js';
import { isAt, readServer, serverConfigFields, type Server, type ServerConfig } from '../server-config.js';
import { OllamaClient } from './client.js';
import { ollamaParameters } from './parameters.js';

/**
 * Calls a model on an Ollama server: at `base_url`, else at OLLAMA_HOST, else on this machine. A string is a prompt for
 * `/api/generate` unless `method` says otherwise. Without a `seed`, each call gets one from the run's random seed.
 */
@registerBlock('ollama')
export class OllamaProvider extends ModelProvider<ServerConfig> {
  static override readonly providerName = 'ollama';
  static override readonly parameterNames: ParameterNames = ollamaParameters;
  static override readonly defaultMethod: Method = 'completion';
  static override readonly toolSupport = 'optional';
  static override readonly configFields: TProperties = { ...modelConfigFields, ...serverConfigFields };

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_PARAMETER_UNSUPPORTED, DGT_OPTION_INVALID. */
  constructor(config?: ModelBlockConfig<ServerConfig>, services?: BlockServices) {
    super(config, services);
    this.#server = readOllamaServer(this.config, this.services);
  }

  protected override get listPrice(): ModelPrice | undefined {
    return findOllamaPrice(this.#server, this.modelName);
  }

  protected override createClient(): LMClient {
    return new OllamaClient(this.#server, this.config.model_id_or_path);
  }
}

/**
 * Where Ollama is to be found for a block: at `base_url`, else at OLLAMA_HOST, else on this machine.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, for an address that is no URL.
 */
export function readOllamaServer(config: ServerConfig, services: BlockServices): Server {
  const endpoint = readHost(process.env['OLLAMA_HOST']);
  // The key of Ollama's cloud is nobody else's business.
  const isCloud = isAt('ollama.com', config.base_url ?? endpoint);
  const apiKey = isCloud ? process.env['OLLAMA_API_KEY'] : undefined;
  return readServer(config, { endpoint, apiKey }, services);
}

/** Models on machines of one's own cost nothing; those of the cloud, also when a server hands requests on to it, are paid for. */
export function findOllamaPrice({ endpoint }: Server, model: string): ModelPrice | undefined {
  return isAt('ollama.com', endpoint) || /[-:]cloud$/.test(model) ? undefined : freePrice;
}

/** OLLAMA_HOST as its server understands it: a port may be left out, and `0.0.0.0` means every address of this machine. */
function readHost(host: string | undefined): string {
  if (!host) return 'http://127.0.0.1:11434';
  const address = host.replace(/^(\w+:\/\/)?0\.0\.0\.0/, '$1127.0.0.1');
  const hasPort = /:\d+(\/|$)/.test(address);
  return hasPort || address.includes('://') ? address : `${address}:11434`;
}
