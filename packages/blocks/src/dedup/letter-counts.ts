/**
 * Keeps, for each of many texts, how often the letters of 32 classes occur in it: 32 bytes a text. From them follows how many
 * edits lie between two texts at the least.
 *
 * An insertion, a deletion or a replacement adds at most one letter and takes away at most one, so two texts are as many
 * edits apart as one has letters that the other lacks. Counts end at 255; that only lowers the bound.
 *
 * @see Bartolini, Ciaccia and Patella, "String Matching with Metric Trees Using an Approximate Distance", SPIRE 2002, for
 *   the bag distance.
 */
export class LetterCounts {
  #counts = new Uint8Array(classes * 1024);
  #length = 0;

  append(counts: Uint8Array): void {
    const start = classes * this.#length++;
    if (start === this.#counts.length) {
      const grown = new Uint8Array(2 * this.#counts.length);
      grown.set(this.#counts);
      this.#counts = grown;
    }
    this.#counts.set(counts, start);
  }

  /** Whether a text of these counts may lie at most `edits` from the one at `position`; false is certain. */
  mayBeWithin(edits: number, counts: Uint8Array, position: number): boolean {
    const all = this.#counts;
    const start = classes * position;
    let missing = 0;
    let surplus = 0;
    for (let letter = 0; letter < classes; letter++) {
      const difference = (counts[letter] as number) - (all[start + letter] as number);
      if (difference > 0) surplus += difference;
      else missing -= difference;
      if (surplus > edits || missing > edits) return false;
    }
    return true;
  }
}

/** The counts of one text, for {@link LetterCounts}. */
export function countLetters(text: string): Uint8Array {
  const counts = new Uint8Array(classes);
  for (let index = 0; index < text.length; index++) {
    // The low five bits tell the letters of the Latin, Greek and Cyrillic alphabets apart.
    const letter = text.charCodeAt(index) & (classes - 1);
    const count = counts[letter] as number;
    if (count < 255) counts[letter] = count + 1;
  }
  return counts;
}

const classes = 32;
