import { Type, type Static, type TObject } from '@dgt/core';

/** What {@link normalizeText} takes for the same; a part of the configuration of the blocks that compare letters. */
export const normalization = {
  /** Unicode normal form: `NFKC` also takes full-width letters, ligatures and superscripts for plain ones. */
  unicode: Type.Union([Type.Literal('NFKC'), Type.Literal('NFC'), Type.Literal('none')], { default: 'NFKC' }),
  /** Whether `A` and `a` are different. */
  case_sensitive: Type.Boolean({ default: false }),
  /** Whether runs of white space, and white space at the ends, count: otherwise each run is one space. */
  keep_space: Type.Boolean({ default: false }),
};

/** The values of {@link normalization}. */
export type Normalization = Static<TObject<typeof normalization>>;

/**
 * Makes texts the same that differ in their writing alone. Case is folded by way of upper case, so that `ß` and `ss`, and
 * the two forms of the Greek sigma, are the same; accents and punctuation always count.
 */
export function normalizeText(text: string, { unicode, case_sensitive, keep_space }: Normalization): string {
  let normal = unicode === 'none' ? text : text.normalize(unicode);
  if (!case_sensitive) {
    normal = normal.toUpperCase().toLowerCase();
    // Some letters have no upper case in one piece and come back in two.
    if (unicode !== 'none') normal = normal.normalize(unicode);
  }
  return keep_space ? normal : normal.replace(/\s+/g, ' ').trim();
}
