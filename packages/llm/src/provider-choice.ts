import {
  ConfigError,
  LMProvider,
  type AnyBlock,
  type BlockConfig,
  type BlockServices,
  type Json,
  type LogLevel,
  type Availability,
} from '@dgt/core';

/** What defines a model's answers. */
export interface ModelDefinition {
  readonly type: string;
  readonly model: string;
  readonly method: string;
  readonly parameters: Json;
  readonly [key: string]: Json;
}

/** How a {@link ProviderChoice} learns of its two sides. */
export interface ChoiceOptions {
  /** The name of the block, which calls of the fallback carry too. */
  readonly name: string;
  readonly fallback: BlockConfig | undefined;
  readonly maxOutageSeconds: number;
  readonly services: BlockServices;
  /** The definition of the model itself, the primary. */
  defineModel(): ModelDefinition;
  checkPrimary(signal: AbortSignal): Promise<Availability>;
}

/** Which model a block uses: its own, the primary, or its fallback. Decided once a run. */
export class ProviderChoice {
  readonly #options: ChoiceOptions;
  #decision: Promise<void> | undefined;
  #fallback: LMProvider | undefined;
  #used: LMProvider | undefined;

  constructor(options: ChoiceOptions) {
    this.#options = options;
  }

  /** The block that is used instead of the primary; undefined while nothing else was decided. */
  get used(): LMProvider | undefined {
    return this.#used;
  }

  get definition(): object {
    return this.#used === undefined ? this.#options.defineModel() : (this.#used.definition as object);
  }

  /**
   * Decides, the first time that it is called.
   *
   * @throws the error of a primary that certainly cannot serve, when there is no fallback; any error about credentials.
   */
  decide(options: { readonly pinned: Json | undefined; readonly signal: AbortSignal }): Promise<void> {
    this.#decision ??= this.#decide(options.pinned, options.signal);
    return this.#decision;
  }

  async close(): Promise<void> {
    await this.#decision?.catch(() => {});
    await this.#fallback?.close();
  }

  async #decide(pinned: Json | undefined, signal: AbortSignal): Promise<void> {
    // Made even when the primary answers, so that a mistake in it is found today and not on the day it is needed.
    if (this.#options.fallback !== undefined) this.#fallback = await this.#makeFallback(this.#options.fallback);
    const primary = await this.#options.checkPrimary(signal);
    const earlier = this.#findEarlier(pinned);
    const choice = earlier ?? (primary.available || this.#fallback === undefined ? 'primary' : 'fallback');
    this.#announce(choice, primary, earlier !== undefined);
    if (choice === 'primary') {
      if (!primary.available && 'error' in primary) throw primary.error;
      return;
    }
    await this.#fallback?.prepare({ pinned, signal });
    this.#used = this.#fallback;
  }

  async #makeFallback(config: BlockConfig): Promise<LMProvider> {
    const { name, services } = this.#options;
    const block: AnyBlock = await services.createBlock({ ...config, name });
    if (block instanceof LMProvider) return block;
    const problems = `fallback: type "${config.type}" is not a language model`;
    throw new ConfigError('DGT_BLOCK_CONFIG', { block: name, problems });
  }

  /** The side that made the rows of an earlier run; undefined without one, or when both or neither could have. */
  #findEarlier(pinned: Json | undefined): 'primary' | 'fallback' | undefined {
    if (this.#fallback === undefined || pinned === undefined) return undefined;
    const isPrimary = sameModel(this.#options.defineModel(), pinned);
    const isFallback = sameModel(this.#fallback.definition, pinned);
    if (isPrimary === isFallback) return undefined;
    return isPrimary ? 'primary' : 'fallback';
  }

  #announce(choice: 'primary' | 'fallback', primary: Availability, kept: boolean): void {
    const { name, services, maxOutageSeconds } = this.#options;
    const say = (message: string, level: LogLevel = 'info') => services.log.write(level, `${name}: ${message}`);
    if (this.#fallback === undefined) {
      if (primary.available || 'error' in primary) return;
      return say(`${primary.reason}; calls will be tried again for up to ${maxOutageSeconds} s`, 'warning');
    }
    const first = nameModel(this.#options.defineModel());
    const second = nameModel(this.#fallback.definition);
    if (choice === 'fallback' && !primary.available) say(`${primary.reason}; using the fallback ${second}`);
    else if (choice === 'fallback') {
      say(`keeping to the fallback ${second}, which made the earlier rows, though ${first} can be used now`);
    } else if (!primary.available && kept) {
      say(`${primary.reason}; not using the fallback ${second}, since ${first} made the earlier rows`);
    }
  }
}

// Parameters may have been edited since; the run compares whole definitions, the choice is about who answers.
function sameModel(definition: Json, pinned: Json): boolean {
  const [a, b] = [definition, pinned] as [Partial<ModelDefinition> | null, Partial<ModelDefinition> | null];
  return a?.type !== undefined && a.type === b?.type && a.model === b?.model;
}

function nameModel(definition: Json): string {
  const { type, model } = definition as unknown as ModelDefinition;
  return `${type} ${model}`;
}
