import { registerBlock, Type, type Static, type TObject, type LMClient, type ModelPrice } from '@dgt/core';
import { freePrice, modelConfigFields, modelTransportFields, ModelProvider, type ParameterNames } from '@dgt/llm';
import { DemonstrationNotice, demonstrationModel } from './demonstration-model.js';
import { LlamaClient } from './llama-client.js';
import { SharedModel } from './loaded-model.js';
import { findModelFile, type ModelFile } from './model-files.js';

/** What the block takes beside what every model block takes. */
const ownFields = {
  /** The most answers generated at once, not more than `call_limit`. Each takes memory for `num_ctx` tokens. */
  sequences: Type.Integer({ minimum: 1, default: 8 }),
  /** Processor threads. Default: 1 for a model file under 100 MB, else one for each core. */
  threads: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Whether to compute on a graphics card, where node-llama-cpp has a binary for it. */
  gpu: Type.Boolean({ default: false }),
  /**
   * Whether a seed gives the same text whatever else runs at the same time. Then answers are computed one by one and not as
   * a batch, which is slower for a large model. Default: true for a model file under 100 MB.
   */
  reproducible: Type.Optional(Type.Boolean()),
};

const parameterNames = {
  max_tokens: 'max_tokens',
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  min_p: 'min_p',
  seed: 'seed',
  stop: 'stop',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  repeat_penalty: 'repeat_penalty',
  num_ctx: 'num_ctx',
  response_format: 'response_format',
  guided_grammar: 'guided_grammar',
} as const;

/**
 * A model that runs inside this process, through llama.cpp: `model_id_or_path` is the path of a GGUF file, or the name of a
 * bundled model. A request without a `seed` takes one that belongs to its call, so that a repeated run draws the same, on the
 * same kind of processor.
 *
 * Left out: temperature 0.8, top_k 40, top_p 0.95, min_p 0.05; `num_ctx` 1,024 for a model file under 100 MB and 4,096 for a
 * larger one, or less if the model was trained on less; an answer ends at the latest where the context does.
 */
@registerBlock('llama_cpp')
export class LlamaCpp extends ModelProvider<Static<TObject<typeof ownFields>>> {
  static override readonly providerName = 'llama_cpp';
  static override readonly parameterNames: ParameterNames = {
    completion: parameterNames,
    chat_completion: parameterNames,
  };
  static override readonly toolSupport = 'optional';
  static override readonly configFields = { ...modelConfigFields, ...ownFields };
  static override readonly transportFields = [...modelTransportFields, ...Object.keys(ownFields)];

  protected override get listPrice(): ModelPrice {
    return freePrice;
  }

  protected override createClient(): LMClient {
    const { model_id_or_path: model, gpu } = this.config;
    const { log, baseFolder, workingFolder, share } = this.services;
    const notice = share('llama_cpp/notice', () => new DemonstrationNotice(log));
    return new LlamaClient({
      model,
      gpu,
      findModel: () => this.#shareModel(findModelFile(model, baseFolder, workingFolder)),
      onRequest: (request) => {
        if (model === demonstrationModel) notice.check(request);
      },
    });
  }

  /** Blocks that load the same file in the same way share one copy of it. */
  #shareModel(file: ModelFile): SharedModel {
    const { gpu, threads, reproducible, call_limit, num_ctx } = this.config;
    const settings = {
      gpu,
      sequences: Math.min(this.config.sequences, call_limit),
      ...(threads === undefined ? {} : { threads }),
      ...(reproducible === undefined ? {} : { reproducible }),
      ...(num_ctx === undefined ? {} : { contextSize: num_ctx }),
    };
    const key = `llama_cpp/model ${JSON.stringify([file.path, settings])}`;
    return this.services.share(key, () => new SharedModel(file, settings));
  }
}
