import { LMProvider, Type, type BlockContext, type BlockServices, type TProperties } from '@dgt/core';
import type { Json, LMClient, LMParameters, LMRequest, LMResult, LMRow } from '@dgt/core';
import { ModelCaller } from './model-caller.js';
import { modelConfigFields, modelTransportFields, type ModelBlockConfig, type ModelConfig } from './model-config.js';
import { buildRequest, readBlockParameters, toResult } from './model-request.js';
import type { Method, ParameterNames } from './parameters.js';
import { ProviderChoice, type ModelDefinition } from './provider-choice.js';

type Result = LMResult<LMRow['input']>;

/**
 * The base of every block that calls a model. A provider declares its name, the parameters it honours and its client;
 * parameters, the ledger, retries, limits, time limits and the fallback are done here, the same for all.
 */
export abstract class ModelProvider<Extra extends object = object> extends LMProvider<ModelConfig & Extra> {
  /** The registered name, which says in requests, definitions and errors who serves the model. */
  static readonly providerName: string = 'model';
  /** Which parameters the provider honours, and their names in its API. */
  static readonly parameterNames: ParameterNames = { completion: {}, chat_completion: {} };
  /** How a string input is given to the model, unless YAML says otherwise. */
  static readonly defaultMethod: Method = 'chat_completion';
  static override readonly configFields: TProperties = modelConfigFields;
  static override readonly transportFields: readonly string[] = modelTransportFields;
  static override readonly inputFields: TProperties = {
    input: Type.Unknown(),
    gen_kwargs: Type.Optional(Type.Unknown()),
  };

  /** The generation parameters of the block, under dgt's own names. */
  readonly parameters: LMParameters;
  readonly #choice: ProviderChoice;
  #caller: Promise<ModelCaller> | undefined;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_PARAMETER_UNSUPPORTED. */
  constructor(config: ModelBlockConfig<Extra> = {} as ModelBlockConfig<Extra>, services?: BlockServices) {
    super(config as never, services);
    const { providerName: provider, parameterNames } = this.#class;
    const { method, fallback, max_outage: maxOutageSeconds } = this.config;
    this.parameters = readBlockParameters(this.config, { provider, parameterNames, method });
    this.#choice = new ProviderChoice({
      name: this.name,
      defineModel: () => this.#define(),
      fallback,
      maxOutageSeconds,
      services: this.services,
      checkPrimary: async (signal) => (await this.#openCaller()).checkAvailability(signal),
    });
  }

  override get callLimit(): number {
    return this.#choice.used?.callLimit ?? this.config.call_limit;
  }

  /** What defines the answers: of the model that is actually used, once that is decided. */
  override get definition(): Json {
    const { input_map, output_map } = this.config;
    return { ...this.#choice.definition, ...(input_map && { input_map }), ...(output_map && { output_map }) };
  }

  /** Decides between the model and its fallback, once, and says so. */
  override async prepare(options: { readonly pinned: Json | undefined; readonly signal: AbortSignal }): Promise<void> {
    await this.#choice.decide(options);
  }

  override async close(): Promise<void> {
    await this.#choice.close();
    const caller = await this.#caller?.catch(() => undefined);
    await caller?.client.close();
  }

  override async process(row: LMRow, context: BlockContext): Promise<Result | readonly Result[]> {
    if (this.config.fallback !== undefined) {
      await this.#choice.decide({ pinned: undefined, signal: context.lane.signal });
      if (this.#choice.used !== undefined) return this.#choice.used.process(row, context);
    }
    const request = this.#buildRequest(row);
    const caller = await this.#openCaller();
    const answer = await context.lane.call({
      label: this.name,
      request,
      execute: (call) => caller.call(request, call),
      deferred: caller.client.deferred,
    });
    return toResult(row, request, answer);
  }

  /** Makes the client; called once, before the first call. What is slow, such as loading a model, waits for `complete`. */
  protected abstract createClient(): LMClient | Promise<LMClient>;

  /** What names the model in requests and definitions. */
  protected get modelName(): string {
    return this.config.model_id_or_path;
  }

  #define(): ModelDefinition {
    return {
      type: this.#class.providerName,
      model: this.modelName,
      method: this.config.method ?? this.#class.defaultMethod,
      parameters: this.parameters,
    };
  }

  #buildRequest(row: LMRow): LMRequest {
    const { providerName, parameterNames, defaultMethod } = this.#class;
    return buildRequest(row, {
      block: this.name,
      provider: providerName,
      model: this.modelName,
      stringMethod: this.config.method ?? defaultMethod,
      parameters: this.parameters,
      parameterNames,
    });
  }

  #openCaller(): Promise<ModelCaller> {
    this.#caller ??= (async () =>
      new ModelCaller(await this.createClient(), {
        provider: this.#class.providerName,
        services: this.services,
        callLimit: this.config.call_limit,
        timeoutMs: this.config.timeout * 1000,
        maxOutageMs: this.config.max_outage * 1000,
        maxRetries: this.config.max_retries,
      }))();
    return this.#caller;
  }

  get #class(): Pick<typeof ModelProvider, 'providerName' | 'parameterNames' | 'defaultMethod'> {
    return this.constructor as typeof ModelProvider;
  }
}
