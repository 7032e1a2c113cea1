import {
  LMProvider,
  parsePath,
  readPath,
  Type,
  type BlockContext,
  type BlockServices,
  type TProperties,
} from '@dgt/core';
import {
  ConfigError,
  type AnswerFormat,
  type CallContext,
  type Json,
  type LMAnswer,
  type LMClient,
  type LMOutput,
} from '@dgt/core';
import type {
  Lane,
  LMParameters,
  LMRequest,
  LMRow,
  LMRunOptions,
  ModelPrice,
  Processor,
  ResponseFormat,
  Tool,
  ToolChoice,
} from '@dgt/core';
import { readCallSettings, type CallSettings } from './call-settings.js';
import { placeAtFirst, splitEndpoints } from './endpoints/endpoints-config.js';
import { ModelCaller, type ClientUse } from './model-caller.js';
import {
  defaultReasks,
  modelConfigFields,
  modelTransportFields,
  type ModelBlockConfig,
  type ModelConfig,
} from './model-config.js';
import { readBlockParameters, RequestBuilder, type BlockParameters } from './model-request.js';
import { toResult } from './model-result.js';
import { lengthenRequest, readLengthRule, type LengthRule } from './on-length.js';
import type { Method, ParameterNames } from './parameters.js';
import { probeEndpoint, type EndpointProbe, type ProbeOptions } from './probe/probe-endpoint.js';
import { ProviderChoice, type ModelDefinition } from './provider-choice.js';
import { askMore } from './several-choices.js';
import { readShape, type AnswerShape } from './structured/answer-shape.js';
import { askInShape } from './structured/ask-in-shape.js';
import { askForShape, readRowShape, type RowShape } from './structured/row-shape.js';
import { toShapedResult } from './structured/shaped-result.js';
import { checkToolChoice, type ToolSupport } from './tool-support.js';
import { shortenPrompt } from './truncate.js';

/** What a model is asked to find out whether it answers. */
const probePrompt = 'Reply with the word: ready';
const probeMaxTokens = 16;
const probeTimeoutMs = 60_000;

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
  /** The methods that its API has. */
  static readonly methods: readonly Method[] = ['completion', 'chat_completion'];
  /** What `tool_choice` may say. */
  static readonly toolSupport: ToolSupport = 'full';
  static override readonly configFields: TProperties = modelConfigFields;
  static override readonly transportFields: readonly string[] = modelTransportFields;
  static override readonly inputFields: TProperties = {
    input: Type.Unknown(),
    gen_kwargs: Type.Optional(Type.Unknown()),
    tools: Type.Optional(Type.Unknown()),
    tool_choice: Type.Optional(Type.Unknown()),
    continuation: Type.Optional(Type.Unknown()),
    response_format: Type.Optional(Type.Unknown()),
  };

  /** The generation parameters of the block, under dgt's own names. */
  readonly parameters: LMParameters;
  /** The parameters that are left out where they are not honoured. */
  protected readonly optionalParameters: BlockParameters['optional'];
  readonly #shape: AnswerShape | undefined;
  readonly #lengthRule: LengthRule;
  readonly #choice: ProviderChoice;
  /** The same block at each endpoint that serves the model, this one first. */
  readonly #places: readonly { readonly block: ModelProvider<Extra>; readonly callLimit: number }[];
  readonly #callSettings: CallSettings;
  #caller: Promise<ModelCaller> | undefined;
  #requests: RequestBuilder | undefined;
  #knownPrice: { readonly price: ModelPrice | undefined } | undefined;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG, DGT_PARAMETER_UNSUPPORTED. */
  constructor(config: ModelBlockConfig<Extra> = {} as ModelBlockConfig<Extra>, services?: BlockServices) {
    super(placeAtFirst(config) as never, services);
    const { providerName: provider, toolSupport } = this.#class;
    const blockClass = this.constructor as new (config: object, services: BlockServices) => ModelProvider<Extra>;
    this.#places = splitEndpoints(config).map((place, index) => ({
      // Made at once, so that every key is known to be secret.
      block: index === 0 ? this : new blockClass(Object.assign({}, place, { fallback: undefined }), this.services),
      callLimit: place.call_limit ?? this.config.call_limit,
    }));
    this.#callSettings = readCallSettings(this.config, { block: this.name, provider, services: this.services });
    const { fallback, max_outage: maxOutageSeconds, response_format, ...parameters } = this.config;
    const { parameterNames } = this;
    const read = readBlockParameters(parameters, { provider, parameterNames, method: this.#readMethod() });
    this.#shape = response_format === undefined ? undefined : readShape(response_format, this.name);
    this.parameters = { ...read.parameters, ...(this.#shape?.format && { response_format: this.#shape.format }) };
    this.optionalParameters = read.optional;
    this.#lengthRule = readLengthRule(this.config as never, this.parameters, this.name);
    checkToolChoice(this.config as never, { provider, toolSupport });
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
    await caller?.close();
  }

  /**
   * Asks the model once at each of its endpoints and in each mode, with a short prompt and without retries: whether it can be called
   * now, and how soon it answers. Nothing is recorded.
   */
  async probe(options: ProbeOptions): Promise<EndpointProbe[]> {
    const { parameters, ...request } = this.#buildRequest({ input: probePrompt });
    const { n: _several, logprobs: _values, stop: _end, ...asked } = parameters;
    const { tools: _tools, tool_choice: _choice, ...plain } = request;
    const probed = { ...plain, parameters: { ...asked, max_tokens: probeMaxTokens } };
    const clock = this.services.clock;
    const timeoutMs = this.#callSettings.timeoutMs ?? probeTimeoutMs;
    const probes = this.#places.map(({ block }) =>
      probeEndpoint(() => block.createClient(), probed, { ...options, clock, timeoutMs }),
    );
    return (await Promise.all(probes)).flat();
  }

  override async process(row: LMRow, context: BlockContext): Promise<LMOutput | readonly LMOutput[]> {
    if (this.config.fallback !== undefined || this.#callSettings.waitForModelMs > 0) {
      await this.#choice.decide({ pinned: undefined, signal: context.lane.signal });
      if (this.#choice.used !== undefined) return this.#choice.used.process(row, context);
    }
    const rowShape = readRowShape(row, { block: this.name, blockShape: this.#shape });
    if (rowShape !== undefined) return this.#processShaped(row, rowShape, context);
    const request = this.#buildRequest(row);
    return toResult(row, request, await this.#ask(request, context));
  }

  protected override openRun({ response_format }: LMRunOptions<AnswerFormat | undefined>): Processor<LMRow, LMOutput> {
    if (response_format === undefined) return (row, context) => this.process(row, context);
    return (row, context) => this.process({ ...row, response_format: row.response_format ?? response_format }, context);
  }

  /** Makes the client; called once, before the first call. What is slow, such as loading a model, waits for `complete`. */
  protected abstract createClient(): LMClient | Promise<LMClient>;

  /** Which parameters are honoured, and their names in the API. */
  protected get parameterNames(): ParameterNames {
    return this.#class.parameterNames;
  }

  /** Whether an API that has `response_format` has this one; else it is asked for in words. */
  protected takesFormat(_format: ResponseFormat): boolean {
    return true;
  }

  /** What the model costs where the block gets it, unless its YAML says; undefined where that is not known. */
  protected get listPrice(): ModelPrice | undefined {
    return undefined;
  }

  /** What names the model in requests and definitions. */
  protected get modelName(): string {
    return this.config.model_id_or_path;
  }

  async #processShaped(row: LMRow, rowShape: RowShape, context: BlockContext): Promise<LMOutput> {
    const { shape } = rowShape;
    const method = this.#methodOf(row);
    const isNative =
      shape.format !== undefined &&
      this.parameterNames[method].response_format !== undefined &&
      this.takesFormat(shape.format);
    const request = this.#buildRequest(askForShape(row, shape, { isNative }));
    const shaped = await askInShape(request, {
      block: this.name,
      shape,
      maxReasks: this.config.max_reasks ?? defaultReasks,
      lane: context.lane,
      ask: (asked) => this.#ask(asked, context),
    });
    return toShapedResult(row, { request, shaped, rowShape });
  }

  /** Asks until the prompt is short and the answer long enough; each time is a recorded call of its own. */
  async #ask(request: LMRequest, context: BlockContext): Promise<LMAnswer> {
    const caller = await this.#openCaller();
    const { truncate: field } = this.config;
    let asked: LMRequest | undefined = request;
    let text = field === undefined ? undefined : readText(context.row, field);
    for (;;) {
      const sent: LMRequest = asked;
      try {
        const answer = await this.#call(sent, { caller, lane: context.lane });
        asked = lengthenRequest(sent, answer, this.#lengthRule);
        if (asked === undefined) return answer;
      } catch (error) {
        const shortened = text === undefined ? undefined : shortenPrompt(sent, text, error);
        if (shortened === undefined) throw error;
        ({ request: asked, text } = shortened);
        context.lane.note({ block: this.name, counter: 'prompts_truncated', cause: field as string });
      }
    }
  }

  #call(request: LMRequest, { caller, lane }: { caller: ModelCaller; lane: Lane }): Promise<LMAnswer> {
    const isSeveral = request.parameters.n !== undefined && this.parameterNames[request.method].n === undefined;
    return lane.call({
      label: this.name,
      request,
      price: this.#price,
      execute: (call) => this.#execute(request, call, { caller, isSeveral }),
      deferred: isSeveral ? undefined : caller.client.deferred,
      batchFile: isSeveral ? undefined : caller.client.batchFile,
    });
  }

  async #execute(
    request: LMRequest,
    context: CallContext,
    { caller, isSeveral }: { caller: ModelCaller; isSeveral: boolean },
  ): Promise<LMAnswer> {
    const ask = (one: LMRequest, call: CallContext) => caller.call(one, call);
    if (isSeveral) return askMore(request, context, { answer: undefined, ask });
    const answer = await ask(request, context);
    // Some servers take `n` and do not heed it.
    const isShort = answer.choices.length < (request.parameters.n ?? 1);
    return isShort ? askMore(request, context, { answer, ask }) : answer;
  }

  /** Looked up once: the table is asked with the address of the server. */
  get #price(): ModelPrice | undefined {
    this.#knownPrice ??= { price: this.config.price ?? this.listPrice };
    return this.#knownPrice.price;
  }

  #define(): ModelDefinition {
    const { tools, tool_choice, on_length, max_tokens_ceiling, max_reasks, truncate } = this.config;
    return {
      type: this.#class.providerName,
      model: this.modelName,
      method: this.config.method ?? this.#class.defaultMethod,
      parameters: this.parameters,
      ...(this.#shape !== undefined && this.#shape.format === undefined && { reads: this.#shape.name }),
      ...(tools !== undefined && { tools: tools as Json }),
      ...(tool_choice !== undefined && { tool_choice: tool_choice as Json }),
      ...(on_length !== undefined && { on_length: on_length as Json }),
      ...(max_tokens_ceiling !== undefined && { max_tokens_ceiling }),
      ...(max_reasks !== undefined && { max_reasks }),
      ...(truncate !== undefined && { truncate }),
    };
  }

  #buildRequest(row: LMRow): LMRequest {
    const { providerName, toolSupport } = this.#class;
    this.#requests ??= this.#createRequestBuilder();
    const request = this.#requests.build(row);
    checkToolChoice(request, { provider: providerName, toolSupport, isRow: true });
    return request;
  }

  #createRequestBuilder(): RequestBuilder {
    const { response_format: _asked, ...parameters } = this.parameters;
    return new RequestBuilder({
      block: this.name,
      provider: this.#class.providerName,
      model: this.modelName,
      stringMethod: this.#stringMethod,
      parameters,
      parameterNames: this.parameterNames,
      optional: this.optionalParameters,
      tools: this.config.tools as readonly Tool[] | undefined,
      toolChoice: this.config.tool_choice as ToolChoice | undefined,
    });
  }

  get #stringMethod(): Method {
    return this.config.method ?? this.#class.defaultMethod;
  }

  #methodOf(row: LMRow): Method {
    return typeof row.input === 'string' ? this.#stringMethod : 'chat_completion';
  }

  #readMethod(): Method | undefined {
    const { method } = this.config;
    const { methods, providerName } = this.#class;
    if (method !== undefined && !methods.includes(method)) {
      const problems = `method: ${providerName} has no ${method}; it takes: ${methods.join(', ')}`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
    }
    return method ?? (methods.length === 1 ? methods[0] : undefined);
  }

  #openCaller(): Promise<ModelCaller> {
    this.#caller ??= this.#createClients().then((clients) => new ModelCaller(clients, this.#callSettings));
    return this.#caller;
  }

  /** A further endpoint has the client that the same block would have if it named that address alone. */
  async #createClients(): Promise<ClientUse[]> {
    const uses = this.#places.map(async ({ block, callLimit }) => ({ client: await block.createClient(), callLimit }));
    return Promise.all(uses);
  }

  get #class(): Pick<
    typeof ModelProvider,
    'providerName' | 'parameterNames' | 'defaultMethod' | 'methods' | 'toolSupport'
  > {
    return this.constructor as typeof ModelProvider;
  }
}

/** A text of the row, by its path. */
function readText(row: object, field: string): string | undefined {
  const text = readPath(row, parsePath(field));
  return typeof text === 'string' && text !== '' ? text : undefined;
}
