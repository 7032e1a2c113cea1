import type { CallContext, EmbeddingAnswer, EmbeddingClient, EmbeddingRequest, LMAnswer, LMClient } from '@dgt/core';
import type { Availability, LMRequest } from '@dgt/core';
import type { CallSettings } from '../call-settings.js';
import { ModelCaller } from '../model-caller.js';

/** A client, and how many requests a block may have in flight there. */
export interface EmbeddingClientUse {
  readonly client: EmbeddingClient;
  readonly callLimit: number;
}

/**
 * Makes the calls of an embedding model through the same layers as those of every other: retry, limits, time limits. To these a
 * request is what it counts in tokens, and an answer what it took.
 */
export class EmbeddingCaller {
  readonly #caller: ModelCaller;
  readonly #requests = new WeakMap<LMRequest, EmbeddingRequest>();

  /** @param clients of the places that serve the model: at least one. */
  constructor(clients: readonly EmbeddingClientUse[], settings: CallSettings) {
    const uses = clients.map(({ client, callLimit }) => ({ client: this.#adapt(client), callLimit }));
    this.#caller = new ModelCaller(uses, settings);
  }

  async call(request: EmbeddingRequest, context: CallContext): Promise<EmbeddingAnswer> {
    const { provider, model, input } = request;
    const counted: LMRequest = {
      version: 2,
      provider,
      model,
      method: 'completion',
      input: input.join('\n'),
      // There is no answer whose tokens would have to be foreseen.
      parameters: { max_tokens: 1 },
    };
    this.#requests.set(counted, request);
    const { choices, usage } = await this.#caller.call(counted, context);
    return { embeddings: choices.map(({ text }) => text), usage };
  }

  checkAvailability(signal: AbortSignal): Promise<Availability> {
    return this.#caller.checkAvailability(signal);
  }

  close(): Promise<void> {
    return this.#caller.close();
  }

  #adapt(client: EmbeddingClient): LMClient {
    return {
      endpoint: client.endpoint,
      model: client.model,
      ...(client.credential !== undefined && { credential: client.credential }),
      complete: async (counted, context): Promise<LMAnswer> => {
        const { embeddings, usage } = await client.embed(this.#requests.get(counted) as EmbeddingRequest, context);
        return { choices: embeddings.map((text) => ({ text, finish_reason: 'stop' })), usage };
      },
      checkAvailability: (signal) => client.checkAvailability(signal),
      close: () => client.close(),
    };
  }
}
