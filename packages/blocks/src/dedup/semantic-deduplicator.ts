import { ConfigError, EmbeddingProvider, innerBlock, registerBlock, Type } from '@dgt/core';
import type {
  BlockConfig,
  BlockContext,
  BlockServices,
  Gate,
  Json,
  Lane,
  Static,
  TObject,
  TProperties,
} from '@dgt/core';
import { InnerModel } from '../internal/inner-model.js';
import { joinTexts } from './compared-text.js';
import { Deduplicator, type Compared } from './deduplicator.js';
import type { TextMemory } from './text-memory.js';
import { VectorIndex } from './vector-index.js';
import { packVector } from './vector-text.js';

const semanticConfig = {
  /** A row is a repetition when the cosine with an earlier one is at least this. */
  threshold: Type.Number({ minimum: 0, maximum: 1, default: 0.9 }),
  /** The model that embeds texts: an entry as under `blocks:`, with `type` and what the type takes. */
  lm_config: Type.Optional(Type.Unsafe<BlockConfig>(innerBlock('embedding model'))),
  /** From code, instead: a block that embeds. */
  lm: Type.Optional(Type.Unsafe<EmbeddingProvider>({})),
};

type SemanticConfig = Static<TObject<typeof semanticConfig>>;

/**
 * Tells rows that mean what an earlier one means: the score is the cosine of their embeddings, which a model makes. It sees
 * other words for the same thing. See {@link Deduplicator} for what all have in common.
 *
 * ```ts
 * const rows = await new SemanticDeduplicator({ lm: embedder, threshold: 0.9, filter: true }).run(questions).toArray();
 * ```
 *
 * Rows are embedded side by side, through their lanes, and judged in order. An embedding is kept with a byte a component, which
 * moves a cosine by some thousandths; on these the decisions are those of comparing every pair. A blank text is not
 * embedded and repeats nothing.
 *
 * A gate of its own (`openGate`) judges what {@link prepareInput} gives; `context` and files need {@link prepareGate}.
 */
@registerBlock('semantic')
export class SemanticDeduplicator extends Deduplicator<SemanticConfig> {
  static override readonly configFields: TProperties = { ...Deduplicator.configFields, ...semanticConfig };

  readonly #model: InnerModel<EmbeddingProvider>;

  constructor(config?: ConstructorParameters<typeof Deduplicator<SemanticConfig>>[0], services?: BlockServices) {
    super(config, services);
    this.#model = new InnerModel({
      block: this.name,
      given: this.config.lm,
      config: this.config.lm_config,
      services: this.services,
      kind: EmbeddingProvider,
      kindName: 'an embedding model',
    });
  }

  override get callLimit(): number | undefined {
    return this.#model.callLimit;
  }

  /** With the model's own definition in the place of `lm_config`, which may hold keys and addresses. */
  override get definition(): Json {
    const { lm: _lm, lm_config: _entry, ...rest } = super.definition as { readonly [key: string]: Json };
    return { ...rest, embedder: this.#model.definition };
  }

  override async prepare(options: { readonly pinned: Json | undefined; readonly signal: AbortSignal }): Promise<void> {
    const pinned = (options.pinned as { readonly embedder?: Json } | undefined)?.embedder;
    await this.#model.prepare({ ...options, pinned });
  }

  override close(): Promise<void> {
    return this.#model.close();
  }

  override openGate(): Gate<Compared> {
    if (!this.hasOutsideTexts) return super.openGate();
    const problems = 'context and files of texts must be embedded first: open the gate with prepareGate';
    throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }

  override async prepareInput({ input }: Compared, { lane }: BlockContext): Promise<Compared> {
    const [packed = ''] = await this.prepareTexts([joinTexts(input, this.name)], lane);
    return { input: packed };
  }

  protected override get threshold(): number {
    return this.config.threshold;
  }

  protected override openMemory(): TextMemory {
    return new VectorIndex(this.name);
  }

  protected override async prepareTexts(texts: readonly string[], lane: Lane): Promise<readonly string[]> {
    const model = await this.#model.open();
    const filled = texts.filter((text) => text.trim() !== '').map((input) => ({ input }));
    const answered = model.run(filled, { lane, failures: 'yield' });
    const packed: string[] = [];
    for await (const answer of answered) {
      if ('error' in answer) throw answer.error;
      packed.push(packVector(answer.embedding));
    }
    return texts.map((text) => (text.trim() === '' ? '' : (packed.shift() as string)));
  }
}
