import { createScriptServices, type BlockServices, type CallContext, type LMRequest, type LMClient } from '@dgt/core';
import { LlamaCpp } from '../llama-cpp.js';

/** The block with its client in reach, so that single requests can be made. */
export class TestLlamaCpp extends LlamaCpp {
  openClient(): LMClient {
    return this.createClient();
  }
}

type Config = NonNullable<ConstructorParameters<typeof LlamaCpp>[0]>;

/** A client of the bundled model, or of another, as the block would make it. */
export function openClient(config: Config = {}, services: BlockServices = createScriptServices()): LMClient {
  return new TestLlamaCpp({ model_id_or_path: 'dgt-geo-micro', ...config }, services).openClient();
}

/** A request for one completion. */
export function completionRequest(input: string, parameters: LMRequest['parameters'] = {}): LMRequest {
  return { version: 2, provider: 'llama_cpp', model: 'dgt-geo-micro', method: 'completion', input, parameters };
}

/** What the engine gives to a call. */
export function callContext(options: { seed?: number; age?: number; signal?: AbortSignal } = {}): CallContext {
  const { seed = 1, age = 0, signal = new AbortController().signal } = options;
  return { idempotencyKey: String(seed), seed, age, signal, stopping: signal, onTry: () => {} };
}
