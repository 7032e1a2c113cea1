import { registerBlock, Type, type EmbeddingClient, type ModelPrice, type Static, type TObject } from '@dgt/core';
import { EmbeddingModel, embeddingConfigFields, freePrice, modelTransportFields } from '@dgt/llm';
import { LlamaEmbeddingClient } from './embedding-client.js';
import { findModelFile } from './model-files.js';

const ownFields = {
  /** The longest text. Default: as the model was trained, at most 4,096. @unit tokens */
  num_ctx: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Processor threads. Default: 1 for a model file under 100 MB, else one for each core. */
  threads: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Whether to compute on a graphics card, where node-llama-cpp has a binary for it. */
  gpu: Type.Boolean({ default: false }),
};

/** Embeds texts with a model that runs inside this process: `model_id_or_path` is the path of a GGUF file. */
@registerBlock('llama_cpp_embedding')
export class LlamaCppEmbedding extends EmbeddingModel<Static<TObject<typeof ownFields>>> {
  static override readonly providerName = 'llama_cpp';
  static override readonly configFields = { ...embeddingConfigFields, ...ownFields };
  static override readonly transportFields = [...modelTransportFields, 'batch_size', ...Object.keys(ownFields)];

  protected override get listPrice(): ModelPrice {
    return freePrice;
  }

  protected override createClient(): EmbeddingClient {
    const { model_id_or_path: model, gpu, threads, num_ctx: contextSize } = this.config;
    const { baseFolder, workingFolder } = this.services;
    const findFile = () => findModelFile(model, baseFolder, workingFolder);
    return new LlamaEmbeddingClient({ model, gpu, threads, contextSize, findFile });
  }
}
