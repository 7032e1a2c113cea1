import {
  registerBlock,
  Type,
  type Gate,
  type GateContext,
  type Static,
  type TObject,
  type TProperties,
} from '@dgt/core';
import { Deduplicator, type Compared } from './deduplicator.js';
import { EqualTexts } from './equal-texts.js';
import { RougeIndex, type Passage } from './rouge-index.js';
import type { RougeMeasure } from './rouge-score.js';
import type { Closest, TextMemory } from './text-memory.js';
import { createTokenizer, tokenizerConfig } from './tokenizer-config.js';

const rougeScorerConfig = {
  /**
   * A row is a repetition when its highest score is at least this; null, or more than 1, lets every row pass. Range: 0 to 2,
   * since 80 would be a percentage by mistake.
   */
  threshold: Type.Union([Type.Number({ minimum: 0, maximum: 2 }), Type.Null()], { default: 1.1 }),
  /** Precision: the common share of the earlier text; recall: of the judged text; f1: their harmonic mean. */
  score_func: Type.Union([Type.Literal('f1'), Type.Literal('precision'), Type.Literal('recall')], { default: 'f1' }),
  /** The longest common subsequence, or runs of 1 to 3 tokens; the score is the mean of those listed. */
  rouge_types: Type.Array(
    Type.Union([Type.Literal('lcs'), Type.Literal('n_1'), Type.Literal('n_2'), Type.Literal('n_3')]),
    { default: ['lcs'], minItems: 1, uniqueItems: true },
  ),
  ...tokenizerConfig,
  /** Accepted so that files written for DGT run. It has no effect: every decision is exact. */
  fast_rouge: Type.Optional(Type.Boolean()),
};

/**
 * Tells rows that repeat an earlier one, by the ROUGE score of their text: of the words in their order (`lcs`) or of short
 * runs of words. A row is valid when its highest score against everything remembered stays under `threshold`; with nothing
 * remembered it is valid whatever the threshold. See {@link Deduplicator} for what all have in common.
 *
 * ```ts
 * const rows = await new RougeScorer({ threshold: 0.8, filter: true }).run([{ input: 'a b c' }]).toArray();
 * ```
 *
 * The decisions are those of the definition, {@link scoreRouge} against every text, at a fraction of its cost. A text
 * without words, such as an empty one, scores 0 and repeats nothing.
 */
@registerBlock('rouge_scorer')
export class RougeScorer extends Deduplicator<Static<TObject<typeof rougeScorerConfig>>> {
  static override readonly configFields: TProperties = { ...Deduplicator.configFields, ...rougeScorerConfig };
  static override readonly transportFields: readonly string[] = ['fast_rouge'];

  override openGate(): Gate<Compared> {
    return this.threshold > 1 ? openGate : super.openGate();
  }

  override prepareGate(context: GateContext): Promise<Gate<Compared>> {
    return this.threshold > 1 ? Promise.resolve(openGate) : super.prepareGate(context);
  }

  protected override get threshold(): number {
    return this.config.threshold ?? Infinity;
  }

  protected override openMemory(): TextMemory {
    const { filter, rouge_types: types, score_func: scoreFunction } = this.config;
    const cut = createTokenizer(this.config);
    if (filter && this.threshold === 1 && scoreFunction === 'f1' && types.length === 1 && types[0] === 'lcs') {
      return new EqualPassages(cut);
    }
    return new RougeMemory({ types, scoreFunction }, cut);
  }
}

type Cut = (text: string) => readonly string[];

const openGate: Gate<Compared> = { judge: () => ({ valid: true }), remember: () => {} };

class RougeMemory implements TextMemory<Passage> {
  readonly #index: RougeIndex;
  readonly #cut: Cut;

  constructor(measure: RougeMeasure, cut: Cut) {
    this.#index = new RougeIndex(measure);
    this.#cut = cut;
  }

  read(text: string): Passage {
    return this.#index.read(this.#cut(text));
  }

  add(passage: Passage): void {
    this.#index.add(passage);
  }

  findClosest(passage: Passage, floor: number): Closest | undefined {
    return this.#index.findClosest(passage, floor);
  }
}

/**
 * The memory of a threshold of 1 with f1 of the longest common subsequence. The score `2c / (n + m)` is 1 only where
 * `c = n = m`, since `c` is at most the smaller of both: where the sequences are equal and not empty. No token holds a
 * space, so equal sequences are equal texts once joined by spaces.
 */
class EqualPassages implements TextMemory<string> {
  readonly #texts: EqualTexts;

  constructor(cut: Cut) {
    this.#texts = new EqualTexts((text) => cut(text).join(' '));
  }

  read(text: string): string {
    return this.#texts.read(text);
  }

  add(passage: string): void {
    this.#texts.add(passage);
  }

  findClosest(passage: string): Closest | undefined {
    return passage === '' ? undefined : this.#texts.findClosest(passage);
  }
}
