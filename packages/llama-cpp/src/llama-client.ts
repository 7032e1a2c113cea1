import {
  DgtError,
  ProviderError,
  type CallContext,
  type LMAnswer,
  type LMRequest,
  type Availability,
  type LMClient,
} from '@dgt/core';
import { checkAvailability } from './check-availability.js';
import { generate } from './generate.js';
import type { LoadedModel, SharedModel } from './loaded-model.js';
import { readPrompt } from './prompt.js';

/** What a client needs to know of its model. */
export interface LlamaClientOptions {
  /** As the user named it. */
  readonly model: string;
  readonly gpu: boolean;
  /** Finds the model without loading it. @throws ConfigError when there is none. */
  findModel(): SharedModel;
  /** Called before each answer, for what has to be said of a model. */
  onRequest(request: LMRequest): void;
}

/** A model that runs in this process. It is loaded by the first call. */
export class LlamaClient implements LMClient {
  readonly endpoint: string;
  readonly model: string;
  readonly #options: LlamaClientOptions;
  #shared: SharedModel | undefined;
  #loaded: Promise<LoadedModel> | undefined;

  constructor(options: LlamaClientOptions) {
    this.endpoint = options.model;
    this.model = options.model;
    this.#options = options;
  }

  /**
   * Generates an answer.
   *
   * @throws the signal's reason; {@link ProviderError} DGT_PROMPT_TOO_LONG; {@link ConfigError} DGT_MODEL_FILE_MISSING,
   *   DGT_MODEL_FILE_INVALID; {@link RunError} DGT_MODEL_RUNTIME_MISSING.
   */
  async complete(request: LMRequest, context: CallContext): Promise<LMAnswer> {
    const { signal, age, seed: callSeed } = context;
    const loaded = await this.#load();
    this.#options.onRequest(request);
    const prompt = readPrompt(request, loaded);
    try {
      return await loaded.pool.use((sequence) => generate({ request, prompt, callSeed, signal }, sequence, loaded), {
        age,
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw DgtError.isInstance(error) ? error : this.#toProviderError(error);
    }
  }

  checkAvailability(): Promise<Availability> {
    return checkAvailability(() => this.#options.findModel(), this.#options.gpu);
  }

  async close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    this.#loaded = undefined;
    await shared?.release();
  }

  #load(): Promise<LoadedModel> {
    if (this.#loaded === undefined) {
      this.#shared = this.#options.findModel();
      this.#loaded = this.#shared.acquire();
    }
    return this.#loaded;
  }

  #toProviderError(error: unknown): ProviderError {
    const reason = error instanceof Error ? error.message : String(error);
    const details = { provider: 'llama_cpp', endpoint: this.endpoint, reason };
    return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, { cause: error });
  }
}
