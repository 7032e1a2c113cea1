import { ConfigError, registerBlock, SequenceValidator, Type, type Gate, type Verdict } from '@dgt/core';
import { RougeIndex, type Passage } from './rouge-index.js';
import type { RougeType, ScoreFunction } from './rouge-score.js';
import { tokenize, type Tokenizer } from './tokenize.js';

const rougeScorerConfig = {
  /** A row is a repetition when its highest score is at least this; null, or more than 1, lets every row pass. */
  threshold: Type.Union([Type.Number(), Type.Null()], { default: 1.1 }),
  /** Precision: the common share of the earlier text; recall: of the judged text; f1: their harmonic mean. */
  score_func: Type.Union([Type.Literal('f1'), Type.Literal('precision'), Type.Literal('recall')], { default: 'f1' }),
  /** The longest common subsequence, or runs of 1 to 3 tokens; the score is the mean of those listed. */
  rouge_types: Type.Array(
    Type.Union([Type.Literal('lcs'), Type.Literal('n_1'), Type.Literal('n_2'), Type.Literal('n_3')]),
    { default: ['lcs'], minItems: 1, uniqueItems: true },
  ),
  /** `unicode`: text in any script; `ascii`: only `a-z` and `0-9`, as DGT has it. */
  tokenizer: Type.Union([Type.Literal('unicode'), Type.Literal('ascii')], { default: 'unicode' }),
  /** Texts that no row may repeat; they come before every row. */
  context: Type.Array(Type.String(), { default: [] }),
  /** Accepted so that files written for DGT run. It has no effect: every decision is exact. */
  fast_rouge: Type.Optional(Type.Boolean()),
};

/**
 * Tells rows that repeat an earlier one, by the ROUGE score of the text in their field `input`. In order, a row is valid
 * when its highest score against everything remembered stays under `threshold`; with nothing remembered it is valid
 * whatever the threshold. With `filter: true` only valid rows are remembered, otherwise all.
 *
 * ```ts
 * const rows = await new RougeScorer({ threshold: 0.8, filter: true }).run([{ input: 'a b c' }]).toArray();
 * ```
 *
 * The score of a rejected row is its exact highest one, and `against` names the first text that reaches it: the label of a
 * row, or a string of `context`. A valid row carries its score (`metadata.score`) only when `filter` is off: under the
 * threshold nothing is decided by it, and to find it costs more than the decision. Where nothing was compared, no score
 * is given.
 *
 * @throws {@link ConfigError} DGT_BLOCK_FIELD_TYPE when the field holds something else than text.
 */
@registerBlock('rouge_scorer')
export class RougeScorer extends SequenceValidator.of({
  config: rougeScorerConfig,
  input: { input: Type.String() },
}) {
  static override readonly transportFields: readonly string[] = ['fast_rouge'];

  override openGate(): Gate<RougeInput> {
    const { score_func, rouge_types, threshold, ...options } = this.config;
    if (threshold === null || threshold > 1) return openGate;
    return new RougeGate({ ...options, block: this.name, threshold, scoreFunction: score_func, types: rouge_types });
  }
}

interface RougeInput {
  readonly input: string;
}

interface RougeGateOptions {
  readonly block: string;
  readonly threshold: number;
  readonly scoreFunction: ScoreFunction;
  readonly types: readonly RougeType[];
  readonly tokenizer: Tokenizer;
  readonly context: readonly string[];
  readonly filter: boolean;
}

const openGate: Gate<RougeInput> = { judge: () => ({ valid: true }), remember: () => {} };

class RougeGate implements Gate<RougeInput> {
  readonly #options: RougeGateOptions;
  readonly #index: RougeIndex;
  /** By entry of the index. */
  readonly #labels: unknown[] = [];

  constructor(options: RougeGateOptions) {
    this.#options = options;
    this.#index = new RougeIndex(options);
    for (const text of options.context) this.#add(this.#read(text), text);
  }

  judge({ input }: RougeInput, label: unknown): Verdict {
    const { filter, threshold } = this.#options;
    const passage = this.#read(input);
    const verdict = this.#decide(passage, filter ? threshold : 0);
    if (verdict.valid || !filter) this.#add(passage, label);
    return verdict;
  }

  remember({ input }: RougeInput, label: unknown): void {
    this.#add(this.#read(input), label);
  }

  #decide(passage: Passage, floor: number): Verdict {
    const { context, threshold } = this.#options;
    const closest = this.#index.findClosest(passage, floor);
    if (closest === undefined) return { valid: true };
    const { entry, score } = closest;
    if (score < threshold) return { valid: true, score };
    const reason = entry < context.length ? 'repeats the context' : 'repeats an earlier row';
    return { valid: false, reason, score, against: this.#labels[entry] };
  }

  #read(text: unknown): Passage {
    const { block, tokenizer } = this.#options;
    if (typeof text !== 'string') {
      const seen = text === null ? 'null' : Array.isArray(text) ? 'a list' : typeof text;
      throw new ConfigError('DGT_BLOCK_FIELD_TYPE', { block, field: 'input', expected: 'text', seen });
    }
    return this.#index.read(tokenize(text, tokenizer));
  }

  #add(passage: Passage, label: unknown): void {
    this.#index.add(passage);
    this.#labels.push(label);
  }
}
