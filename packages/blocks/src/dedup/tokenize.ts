/** How text is cut into the tokens that are compared; see {@link tokenize}. */
export type Tokenizer = 'unicode' | 'ascii';

/**
 * Cuts text into lower-case tokens, none of which holds a space.
 *
 * - `unicode`: words of any script, in Unicode normal form C; characters of scripts that put no spaces between words
 *   (Chinese, Japanese, Thai, Lao, Khmer, Burmese) one by one; every symbol and emoji one token, because `C` and `C#`,
 *   `7 * 8` and `7 - 8` are different questions. Punctuation is ignored.
 * - `ascii`: runs of `a-z` and `0-9`, as DGT and Google's `rouge_score` do without stemming. Text in another script has no
 *   tokens at all, so that nothing in it is ever found to repeat.
 *
 * Word boundaries come from character properties and never from a dictionary such as that of `Intl.Segmenter`, which
 * changes with the version of Node: the same text gives the same tokens everywhere.
 */
export function tokenize(text: string, tokenizer: Tokenizer): string[] {
  return patterns[tokenizer](text) ?? [];
}

const unspacedScripts = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Yi', 'Thai', 'Lao', 'Khmer', 'Myanmar'];

// Script extensions also cover the punctuation of a script, which the look-ahead keeps out.
const unspaced = `(?=[\\p{L}\\p{N}])[${unspacedScripts.map((script) => `\\p{scx=${script}}`).join('')}]`;
const word = `(?!${unspaced})[\\p{L}\\p{N}](?:(?!${unspaced})[\\p{L}\\p{N}\\p{M}])*`;
// Of the modifier symbols (Sk) only these: a backtick or an acute accent is punctuation to whoever types it.
const symbol = '[\\p{Sc}\\p{Sm}\\p{So}\\p{EMod}^#%&/@\\\\]';
// Elsewhere an asterisk is Markdown and a hyphen joins words.
const operator = '(?<=\\p{N}\\s?)[*-](?=\\s?\\p{N})';

const unicodeToken = new RegExp(`${unspaced}\\p{M}*|${word}|${symbol}|${operator}`, 'gu');

const patterns: Readonly<Record<Tokenizer, (text: string) => string[] | null>> = {
  unicode: (text) => text.toLowerCase().normalize('NFC').match(unicodeToken),
  ascii: (text) => text.toLowerCase().match(/[a-z0-9]+/g),
};
