import { ConfigError, type AnyBlock, type BlockConfig, type BlockServices, type Json } from '@dgt/core';

/** What {@link InnerModel} is made from. */
export interface InnerModelOptions<Model extends AnyBlock> {
  /** The block that works with it, for errors and as the model's name. */
  readonly block: string;
  /** A model that was given from code: closed by who gave it. */
  readonly given: Model | undefined;
  /** Its entry in YAML. */
  readonly config: BlockConfig | undefined;
  readonly services: BlockServices;
  /** What it must extend. */
  readonly kind: abstract new (...values: never[]) => Model;
  /** What the kind is called: `a model`. */
  readonly kindName: string;
}

/** The model behind a block that is none itself, such as a judge: made when it is first needed, or given from code. */
export class InnerModel<Model extends AnyBlock> {
  readonly #options: InnerModelOptions<Model>;
  #opening: Promise<Model> | undefined;
  #model: Model | undefined;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG unless there is one of both. */
  constructor(options: InnerModelOptions<Model>) {
    this.#options = options;
    const { given, config, kind, kindName } = options;
    if ((given === undefined) === (config === undefined))
      throw this.#error('expected either lm_config or, in code, lm');
    if (given !== undefined && !(given instanceof kind)) throw this.#error(`lm: expected ${kindName} block`);
    this.#model = given;
  }

  /** See {@link AnyBlock.callLimit}; unknown until the model is made. */
  get callLimit(): number | undefined {
    return this.#model?.callLimit;
  }

  /** What defines its answers, without keys and addresses. */
  get definition(): Json {
    const { type, model_id_or_path } = (this.#options.config ?? {}) as { type?: string; model_id_or_path?: string };
    return this.#model?.definition ?? ({ type, model_id_or_path } as Json);
  }

  /** Makes the model, once. */
  open(): Promise<Model> {
    this.#opening ??= this.#create();
    return this.#opening;
  }

  /** See {@link AnyBlock.prepare}. */
  async prepare(options: { readonly pinned: Json | undefined; readonly signal: AbortSignal }): Promise<void> {
    await (await this.open()).prepare(options);
  }

  /** Closes the model, if it was made here. */
  async close(): Promise<void> {
    if (this.#options.given === undefined) await this.#model?.close();
  }

  async #create(): Promise<Model> {
    if (this.#model !== undefined) return this.#model;
    const { block, config, services, kind, kindName } = this.#options;
    const made = await services.createBlock({ name: block, ...config } as BlockConfig);
    if (!(made instanceof kind)) throw this.#error(`lm_config: the type "${config?.type}" is not ${kindName}`);
    this.#model = made;
    return made;
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.#options.block, problems });
  }
}
