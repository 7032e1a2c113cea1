/** What the size of a text is counted in; see {@link countText}. */
export type TextUnit = 'characters' | 'words' | 'tokens';

/**
 * Counts by rules that need no dictionary and no model, so that the same text has the same size everywhere.
 *
 * - `characters`: Unicode code points; an emoji of several parts counts each.
 * - `words`: runs of letters and digits, together with apostrophes and hyphens inside of them; of scripts that put no spaces
 *   between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each character.
 * - `tokens`: the length in UTF-8 divided by 4, rounded up: what a token of a large vocabulary holds on average in English.
 *   An estimate; it differs by model, and the more the further the text is from English prose.
 */
export function countText(text: string, unit: TextUnit): number {
  switch (unit) {
    case 'characters':
      return countCodePoints(text);
    case 'words':
      return text.match(wordPattern)?.length ?? 0;
    case 'tokens':
      return Math.ceil(Buffer.byteLength(text, 'utf8') / 4);
  }
}

const unspaced = '(?:[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmr}\\p{scx=Mymr}])';
const unspacedLetter = `(?=[\\p{L}\\p{N}])${unspaced}`;
const spacedLetter = `(?!${unspacedLetter})[\\p{L}\\p{N}]`;
const word = `${spacedLetter}(?:(?!${unspacedLetter})[\\p{L}\\p{N}\\p{M}]|['’-](?=${spacedLetter}))*`;
const wordPattern = new RegExp(`${unspacedLetter}\\p{M}*|${word}`, 'gu');

function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
