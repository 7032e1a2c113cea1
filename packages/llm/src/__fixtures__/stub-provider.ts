import type { Availability, LMAnswer, LMClient, ProviderError } from '@dgt/core';
import { ModelProvider } from '../model-provider.js';
import type { Method, ParameterNames } from '../parameters.js';

const parameters = { max_tokens: 'max_tokens', temperature: 'temperature' };

/** What the stub's one server does; tests set it. */
export const stubServer: { availability: Availability | ProviderError; calls: string[]; closed: number } = {
  availability: { available: true },
  calls: [],
  closed: 0,
};

/** A provider without a server. */
export class StubProvider extends ModelProvider {
  static override readonly providerName: string = 'stub';
  static override readonly parameterNames: ParameterNames = { completion: parameters, chat_completion: parameters };
  static override readonly defaultMethod: Method = 'completion';

  protected override createClient(): LMClient {
    const model = this.config.model_id_or_path;
    return {
      endpoint: 'stub',
      model,
      complete: (request): Promise<LMAnswer> => {
        stubServer.calls.push(model);
        const text = `${model} says ${String(request.input)}`;
        return Promise.resolve({ choices: [{ text, finish_reason: 'stop' }], usage: {} });
      },
      checkAvailability: () =>
        stubServer.availability instanceof Error
          ? Promise.reject(stubServer.availability)
          : Promise.resolve(stubServer.availability),
      close: () => {
        stubServer.closed++;
        return Promise.resolve();
      },
    };
  }
}

/** Stands in for the bundled model: always there. */
export class BundledProvider extends StubProvider {
  static override readonly providerName = 'bundled';

  protected override createClient(): LMClient {
    const client = super.createClient() as LMClient;
    return { ...client, endpoint: 'bundled', checkAvailability: () => Promise.resolve({ available: true }) };
  }
}
