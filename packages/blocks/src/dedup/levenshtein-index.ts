import levenshtein from 'fast-levenshtein';
import { countLetters, LetterCounts } from './letter-counts.js';
import type { Closest, TextMemory } from './text-memory.js';

/** A text, read for a {@link LevenshteinIndex}. */
export interface Spelling {
  readonly text: string;
  readonly letters: Uint8Array;
}

/**
 * How alike two texts are spelled, from 0 to 1: the share of the longer text that no edit touches, where an edit inserts,
 * deletes or replaces one UTF-16 code unit. Two empty texts are equal and score 1.
 */
export function scoreSpelling(one: string, other: string): number {
  return scoreEdits(levenshtein.get(one, other), Math.max(one.length, other.length));
}

/**
 * Remembers texts and finds the one that is spelled most alike. Its answers are those of {@link scoreSpelling} against
 * every text; texts whose length or whose letters already lie too many edits apart are not compared.
 */
export class LevenshteinIndex implements TextMemory<Spelling> {
  readonly #normalize: (text: string) => string;
  readonly #texts: string[] = [];
  readonly #letters = new LetterCounts();
  /** By length: the entries that have it, ascending. */
  readonly #byLength: number[][] = [];

  constructor(normalize: (text: string) => string) {
    this.#normalize = normalize;
  }

  read(text: string): Spelling {
    const normal = this.#normalize(text);
    return { text: normal, letters: countLetters(normal) };
  }

  add({ text, letters }: Spelling): void {
    while (this.#byLength.length <= text.length) this.#byLength.push([]);
    this.#byLength[text.length]?.push(this.#texts.length);
    this.#texts.push(text);
    this.#letters.append(letters);
  }

  findClosest(spelling: Spelling, floor: number): Closest | undefined {
    const { length } = spelling.text;
    const furthest = Math.max(length, this.#byLength.length - 1 - length);
    let best: Closest | undefined;
    // The nearest lengths first: what is found there spares most of the others.
    for (let step = 0; step <= furthest; step++) {
      const needed = Math.max(floor, best?.score ?? 0);
      const lengths = step === 0 ? [length] : [length - step, length + step];
      // Of texts that differ so much in length, longer ones are the more alike.
      if (scoreEdits(step, length + step) < needed) break;
      for (const other of lengths) best = this.#compare(spelling, this.#byLength[other] ?? [], floor, best);
    }
    return best;
  }

  /** The best of `bestSoFar` and the entries, all of one length. */
  #compare(
    { text, letters }: Spelling,
    entries: readonly number[],
    floor: number,
    bestSoFar: Closest | undefined,
  ): Closest | undefined {
    let best = bestSoFar;
    for (const entry of entries) {
      const other = this.#texts[entry] as string;
      const longer = Math.max(text.length, other.length);
      const needed = Math.max(floor, best?.score ?? 0);
      // The last term is for rounding: one edit too many costs a comparison, one too few a decision.
      const edits = Math.floor((1 - needed) * longer + 1e-6);
      if (!this.#letters.mayBeWithin(edits, letters, entry)) continue;
      const score = scoreSpelling(text, other);
      if (score < floor) continue;
      if (best === undefined || score > best.score || (score === best.score && entry < best.entry)) {
        best = { entry, score };
      }
    }
    return best;
  }
}

function scoreEdits(edits: number, longer: number): number {
  return longer === 0 ? 1 : (longer - edits) / longer;
}
