import { registerBlock, type BlockServices, type EmbeddingClient, type ModelPrice, type TProperties } from '@dgt/core';
import { EmbeddingModel, embeddingConfigFields, type EmbeddingBlockConfig } from '../../embedding/embedding-model.js';
import { serverConfigFields, type Server, type ServerConfig } from '../server-config.js';
import { OllamaClient } from './client.js';
import { findOllamaPrice, readOllamaServer } from './provider.js';

/** Embeds texts with a model on an Ollama server, which is found as for `ollama`. */
@registerBlock('ollama_embedding')
export class OllamaEmbedding extends EmbeddingModel<ServerConfig> {
  static override readonly providerName = 'ollama';
  static override readonly configFields: TProperties = { ...embeddingConfigFields, ...serverConfigFields };

  readonly #server: Server;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_OPTION_INVALID. */
  constructor(config?: EmbeddingBlockConfig<ServerConfig>, services?: BlockServices) {
    super(config, services);
    this.#server = readOllamaServer(this.config, this.services);
  }

  protected override get listPrice(): ModelPrice | undefined {
    return findOllamaPrice(this.#server, this.config.model_id_or_path);
  }

  protected override createClient(): EmbeddingClient {
    return new OllamaClient(this.#server, this.config.model_id_or_path);
  }
}
