import { registerBlock, type BlockServices, type EmbeddingClient, type ModelPrice, type TProperties } from '@dgt/core';
import { EmbeddingModel, embeddingConfigFields, type EmbeddingBlockConfig } from '../../embedding/embedding-model.js';
import { serverConfigFields, type Server, type ServerConfig } from '../server-config.js';
import { OpenAIClient } from './client.js';
import { checkKey, findOpenAIPrice, nameKey, readOpenAIServer } from './provider.js';
import { findServerByHost } from './servers.js';

/** Embeds texts with a model at OpenAI, or at any server that speaks its API; the server and the key are found as for `openai`. */
@registerBlock('openai_embedding')
export class OpenAIEmbedding extends EmbeddingModel<ServerConfig> {
  static override readonly providerName = 'openai';
  static override readonly configFields: TProperties = { ...embeddingConfigFields, ...serverConfigFields };

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_OPTION_INVALID. */
  constructor(config?: EmbeddingBlockConfig<ServerConfig>, services?: BlockServices) {
    super(config, services);
    this.#server = readOpenAIServer(this.config, this.services);
  }

  protected override get listPrice(): ModelPrice | undefined {
    return findOpenAIPrice(this.#server, this.config.model_id_or_path);
  }

  /** @throws {@link ConfigError} DGT_ENV_MISSING, when OpenAI itself is to be called and there is no key. */
  protected override createClient(): EmbeddingClient {
    const { apiKey, endpoint } = this.#server;
    checkKey(this.#server, this.name);
    return new OpenAIClient({
      server: this.#server,
      model: this.config.model_id_or_path,
      kind: findServerByHost(endpoint),
      parameters: [],
      optional: new Set(),
      provider: 'openai',
      keyName: nameKey(endpoint),
      authorization: { Authorization: apiKey && `Bearer ${apiKey}` },
      listsModels: true,
    });
  }
}
