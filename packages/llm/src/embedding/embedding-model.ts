import {
  createScriptLane,
  EmbeddingProvider,
  mapInOrder,
  PluginError,
  ProviderError,
  RowStream,
  Type,
  unpackEmbedding,
} from '@dgt/core';
import type { BlockContext, BlockServices, EmbeddingClient, EmbeddingRequest, EmbeddingResult } from '@dgt/core';
import type {
  EmbeddingRow,
  FailedRow,
  Json,
  Lane,
  ModelPrice,
  Rows,
  RunOptions,
  Static,
  TObject,
  TProperties,
} from '@dgt/core';
import { readCallSettings, type CallSettings } from '../call-settings.js';
import { callFields, modelTransportFields } from '../model-config.js';
import { placeAtFirst, splitEndpoints } from '../endpoints/endpoints-config.js';
import { EmbeddingCaller, type EmbeddingClientUse } from './embedding-caller.js';
import { readBatches } from './read-batches.js';

/** What every embedding block takes in YAML. */
export const embeddingConfigFields = {
  ...callFields,
  /** How many texts go out with one request. */
  batch_size: Type.Integer({ minimum: 1, maximum: 2048, default: 64 }),
  /** The length of the embeddings, for models that can shorten theirs. Default: the model's own. */
  dimensions: Type.Optional(Type.Integer({ minimum: 1 })),
};

/** The configuration of an embedding block, with defaults filled in. */
export type EmbeddingConfig = Static<TObject<typeof embeddingConfigFields>>;

/** What the constructor of an embedding block is given: what has a default may be left out. */
export type EmbeddingBlockConfig<Extra extends object = object> = Partial<EmbeddingConfig & Extra> & {
  readonly name?: string;
  readonly type?: string;
  readonly input_map?: Record<string, string>;
  readonly output_map?: Record<string, string>;
};

type Embedded = EmbeddingResult | ProviderError;

/**
 * The base of every block that embeds texts. Batches are made in the order of the rows, each in a lane of its own, so that a
 * replay finds them again. When a server refuses a batch for good, its halves are asked for by themselves, down to the one text
 * that is to blame.
 */
export abstract class EmbeddingModel<Extra extends object = object> extends EmbeddingProvider<EmbeddingConfig & Extra> {
  /** The registered name, which says in requests, definitions and errors who serves the model. */
  static readonly providerName: string = 'embedding';
  static override readonly configFields: TProperties = embeddingConfigFields;
  static override readonly transportFields: readonly string[] = [...modelTransportFields, 'batch_size'];
  static override readonly inputFields: TProperties = { input: Type.Unknown() };

  /** The same block at each endpoint that serves the model, this one first. */
  readonly #places: readonly { readonly block: EmbeddingModel<Extra>; readonly callLimit: number }[];
  readonly #callSettings: CallSettings;
  #caller: Promise<EmbeddingCaller> | undefined;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG. */
  constructor(config: EmbeddingBlockConfig<Extra> = {} as EmbeddingBlockConfig<Extra>, services?: BlockServices) {
    super(placeAtFirst(config) as never, services);
    const blockClass = this.constructor as new (config: object, services: BlockServices) => EmbeddingModel<Extra>;
    this.#places = splitEndpoints(config).map((place, index) => ({
      // Made at once, so that every key is known to be secret.
      block: index === 0 ? this : new blockClass(place, this.services),
      callLimit: place.call_limit ?? this.config.call_limit,
    }));
    const block = { block: this.name, provider: this.#providerName, services: this.services };
    this.#callSettings = readCallSettings(this.config, block);
  }

  override get callLimit(): number {
    return this.config.call_limit;
  }

  override get definition(): Json {
    const { model_id_or_path: model, dimensions, input_map, output_map } = this.config;
    return {
      type: this.#providerName,
      method: 'embedding',
      model,
      ...(dimensions !== undefined && { dimensions }),
      ...(input_map && { input_map }),
      ...(output_map && { output_map }),
    };
  }

  /** Says before a run when the model cannot be called. */
  override async prepare({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const found = await (await this.#openCaller()).checkAvailability(signal);
    if (found.available) return;
    if (found.error !== undefined) throw found.error;
    this.services.log.write('warning', `${this.name}: ${found.reason}; calls will be tried again`);
  }

  override async close(): Promise<void> {
    const caller = await this.#caller?.catch(() => undefined);
    await caller?.close();
  }

  override run<R extends object>(
    rows: Rows<R>,
    options: RunOptions & { failures: 'yield' },
  ): RowStream<(R & EmbeddingResult) | (R & FailedRow)>;
  override run<R extends object>(rows: Rows<R>, options?: RunOptions): RowStream<R & EmbeddingResult>;
  override run<R extends object>(rows: Rows<R>, options: RunOptions = {}): RowStream<never> {
    return new RowStream(this.#stream(rows, options)) as unknown as RowStream<never>;
  }

  override async process({ input }: EmbeddingRow, { lane }: BlockContext): Promise<EmbeddingResult> {
    const [embedded] = await this.#embed([this.#checkText(input)], lane);
    if (ProviderError.isInstance(embedded)) throw embedded;
    return embedded as EmbeddingResult;
  }

  /** What the model costs where the block gets it, unless its YAML says; undefined where that is not known. */
  protected get listPrice(): ModelPrice | undefined {
    return undefined;
  }

  /** Makes the client; called once, before the first call. */
  protected abstract createClient(): EmbeddingClient | Promise<EmbeddingClient>;

  async *#stream<R extends object>(rows: Rows<R>, options: RunOptions): AsyncGenerator<object> {
    const lane = options.lane ?? createScriptLane();
    const ahead = 2 * this.callLimit;
    const batches = readBatches(rows, this.config.batch_size);
    const written = mapInOrder(batches, ahead, (batch, index) => this.#writeBatch(batch, lane.at(index), options));
    for await (const batch of written) yield* batch;
  }

  async #writeBatch(rows: readonly object[], lane: Lane, { failures }: RunOptions): Promise<object[]> {
    const texts = rows.map((row) => this.#checkText(this.readInput(row).input));
    const embedded = await this.#embed(texts, lane);
    return rows.flatMap((row, index) => {
      const one = embedded[index] as Embedded;
      if (!ProviderError.isInstance(one)) return [this.writeOutput(row, one)];
      if (failures === 'yield') return [{ ...row, error: one }];
      lane.fail({ block: this.name, error: one, row });
      return [];
    });
  }

  async #embed(texts: readonly string[], lane: Lane): Promise<readonly Embedded[]> {
    const caller = await this.#openCaller();
    const request = this.#buildRequest(texts);
    try {
      const price = this.config.price ?? this.listPrice;
      const execute = (call: Parameters<EmbeddingCaller['call']>[1]) => caller.call(request, call);
      const { embeddings } = await lane.call({ label: this.name, request, price, execute });
      return embeddings.map((packed) => ({ embedding: unpackEmbedding(packed) }));
    } catch (error) {
      if (!ProviderError.isInstance(error) || error.failure !== 'permanent') throw error;
      if (texts.length === 1) return [error];
      const middle = Math.ceil(texts.length / 2);
      const halves = [texts.slice(0, middle), texts.slice(middle)];
      const embedded = await Promise.all(halves.map((half, index) => this.#embed(half, lane.at(index))));
      return embedded.flat();
    }
  }

  #buildRequest(input: readonly string[]): EmbeddingRequest {
    const { model_id_or_path: model, dimensions } = this.config;
    const length = dimensions !== undefined && { dimensions };
    return { version: 1, provider: this.#providerName, model, method: 'embedding', input, ...length };
  }

  #checkText(input: unknown): string {
    if (typeof input === 'string') return input;
    const seen = (JSON.stringify(input) ?? 'nothing').slice(0, 80);
    throw new PluginError('DGT_MODEL_INPUT', { block: this.name, field: 'input', seen });
  }

  #openCaller(): Promise<EmbeddingCaller> {
    this.#caller ??= this.#createClients().then((clients) => new EmbeddingCaller(clients, this.#callSettings));
    return this.#caller;
  }

  /** A further endpoint has the client that the same block would have if it named that address alone. */
  async #createClients(): Promise<EmbeddingClientUse[]> {
    const uses = this.#places.map(async ({ block, callLimit }) => ({ client: await block.createClient(), callLimit }));
    return Promise.all(uses);
  }

  get #providerName(): string {
    return (this.constructor as typeof EmbeddingModel).providerName;
  }
}
