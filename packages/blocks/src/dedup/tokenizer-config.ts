import { Type, type Static, type TObject } from '@dgt/core';
import { stemmer } from 'stemmer';
import { tokenize } from './tokenize.js';

/** How text is cut into what is compared; a part of the configuration of the blocks that compare words. */
export const tokenizerConfig = {
  /** `unicode`: text in any script; `ascii`: only `a-z` and `0-9`, as DGT has it. */
  tokenizer: Type.Union([Type.Literal('unicode'), Type.Literal('ascii')], { default: 'unicode' }),
  /** Compares English words by their stems: `running` and `runs` are `run`. */
  use_stemmer: Type.Optional(Type.Boolean()),
};

/** The values of {@link tokenizerConfig}. */
export type TokenizerConfig = Static<TObject<typeof tokenizerConfig>>;

/**
 * Makes the function that cuts a text into tokens. With `use_stemmer`, tokens of more than three of `a-z` and `0-9` are
 * replaced by their stems, as in Google's `rouge_score`; words of other scripts stay as they are.
 *
 * @see Porter, "An algorithm for suffix stripping", Program 14, 1980. `rouge_score` uses NLTK's Porter stemmer, which adds
 *   exceptions for a dozen words, such as `dying` and `skies`; they are not made here.
 */
export function createTokenizer({ tokenizer, use_stemmer: stems }: TokenizerConfig): (text: string) => string[] {
  if (!stems) return (text) => tokenize(text, tokenizer);
  return (text) => tokenize(text, tokenizer).map((token) => (stemmable.test(token) ? stemmer(token) : token));
}

const stemmable = /^[a-z0-9]{4,}$/;
