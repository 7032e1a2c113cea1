import { packEmbedding, ProviderError } from '@dgt/core';
import type { Availability, CallContext, EmbeddingAnswer, EmbeddingClient, EmbeddingRequest } from '@dgt/core';
import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { checkAvailability } from './check-availability.js';
import { chooseThreads, loadModel } from './loaded-model.js';
import type { ModelFile } from './model-files.js';
import { loadRuntime } from './runtime.js';

/** What a client needs to know of its model. */
export interface LlamaEmbeddingOptions {
  /** As the user named it. */
  readonly model: string;
  readonly gpu: boolean;
  readonly threads: number | undefined;
  /** The longest text. Default: as the model was trained, at most 4,096. @unit tokens */
  readonly contextSize: number | undefined;
  /** @throws ConfigError when there is none. */
  findFile(): ModelFile;
}

interface Loaded {
  readonly model: LlamaModel;
  readonly context: LlamaEmbeddingContext;
  readonly contextSize: number;
}

/** An embedding model that runs in this process. It is loaded by the first call; texts are embedded one after another. */
export class LlamaEmbeddingClient implements EmbeddingClient {
  readonly endpoint: string;
  readonly model: string;
  readonly #options: LlamaEmbeddingOptions;
  #loading: Promise<Loaded> | undefined;

  constructor(options: LlamaEmbeddingOptions) {
    this.endpoint = options.model;
    this.model = options.model;
    this.#options = options;
  }

  /** @throws the signal's reason; {@link ProviderError} DGT_PROMPT_TOO_LONG, for a text that the context cannot hold. */
  async embed({ input }: EmbeddingRequest, { signal }: CallContext): Promise<EmbeddingAnswer> {
    this.#loading ??= this.#load();
    const { context, contextSize } = await this.#loading;
    let prompt_tokens = 0;
    const embeddings: string[] = [];
    for (const text of input) {
      signal.throwIfAborted();
      const tokens = context.calculateInputLength(text);
      if (tokens > contextSize) {
        const details = { tokens, model: this.model, limit: contextSize };
        throw new ProviderError('DGT_PROMPT_TOO_LONG', 'permanent', details);
      }
      prompt_tokens += tokens;
      const { vector } = await context.getEmbeddingFor(text);
      embeddings.push(packEmbedding(vector));
    }
    return { embeddings, usage: { prompt_tokens } };
  }

  checkAvailability(): Promise<Availability> {
    return checkAvailability(() => this.#options.findFile(), this.#options.gpu);
  }

  async close(): Promise<void> {
    const loading = this.#loading;
    this.#loading = undefined;
    const loaded = await loading?.catch(() => undefined);
    await loaded?.context.dispose();
    await loaded?.model.dispose();
  }

  async #load(): Promise<Loaded> {
    const { gpu } = this.#options;
    const file = this.#options.findFile();
    const model = await loadModel(await loadRuntime(gpu), file, { gpu });
    const contextSize = this.#options.contextSize ?? Math.min(model.trainContextSize, 4096);
    // A text is embedded as one batch, which must hold all of it.
    const context = await model.createEmbeddingContext({
      contextSize,
      batchSize: contextSize,
      threads: this.#options.threads ?? chooseThreads(file, model),
    });
    return { model, context, contextSize };
  }
}
