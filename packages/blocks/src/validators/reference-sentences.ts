import { tokenize } from '../dedup/tokenize.js';
import { boundLeakage, combineScores, scoreLeakage, type Run } from './leakage-score.js';
import { splitSentences } from './sentences.js';

/** How much of the references a text repeats. */
export interface TextLeakage {
  /** From 0 to 1. */
  readonly score: number;
  /** The reference sentence that is repeated most; undefined when there is nothing in common. */
  readonly reference: string | undefined;
  /** The words that are repeated of it. */
  readonly copied: readonly string[];
}

interface Reference {
  readonly text: string;
  readonly words: readonly string[];
}

interface Match {
  readonly score: number;
  readonly reference: Reference;
  readonly runs: readonly Run[];
}

/** Sentences that no row may repeat, found by their words. */
export class ReferenceSentences {
  readonly #references: Reference[] = [];
  /** By word: the reference, and how often it has the word, in turns. */
  readonly #holders = new Map<string, number[]>();

  constructor(texts: Iterable<string>) {
    for (const text of texts) for (const sentence of splitSentences(text)) this.#add(sentence);
  }

  /** The reference that the sentence repeats most, and of several the first. */
  findClosest(sentence: readonly string[]): Match | undefined {
    let closest: Match | undefined;
    let closestIndex = -1;
    for (const [index, common] of this.#rankByCommonWords(sentence)) {
      // No later one has more in common.
      if (closest !== undefined && boundLeakage(common) < closest.score) break;
      const reference = this.#references[index] as Reference;
      const { score, runs } = scoreLeakage(reference.words, sentence);
      if (closest !== undefined && (score < closest.score || (score === closest.score && index > closestIndex)))
        continue;
      closest = { score, reference, runs };
      closestIndex = index;
    }
    return closest;
  }

  #add(text: string): void {
    const words = tokenize(text, 'unicode');
    const index = this.#references.push({ text, words }) - 1;
    for (const [word, count] of countWords(words)) {
      const holders = this.#holders.get(word);
      if (holders === undefined) this.#holders.set(word, [index, count]);
      else holders.push(index, count);
    }
  }

  /** Each reference with the number of words it has in common with the sentence, the most first. */
  #rankByCommonWords(sentence: readonly string[]): [index: number, common: number][] {
    const common = new Map<number, number>();
    for (const [word, count] of countWords(sentence)) {
      const holders = this.#holders.get(word) ?? [];
      for (let place = 0; place < holders.length; place += 2) {
        const index = holders[place] as number;
        common.set(index, (common.get(index) ?? 0) + Math.min(count, holders[place + 1] as number));
      }
    }
    return [...common].sort(([, one], [, other]) => other - one);
  }
}

/** Scores a whole text, sentence by sentence: the one that repeats most counts, the others add to it. */
export function scoreTextLeakage(text: string, references: readonly ReferenceSentences[]): TextLeakage {
  const sentences = new Map(
    splitSentences(text).map((sentence) => {
      const words = tokenize(sentence, 'unicode');
      return [words.join(' '), words];
    }),
  );
  const matches = [...sentences.values()].map((words) => ({ words, match: findClosest(words, references) }));
  // Two sentences that repeat the same words of the same reference count once.
  const distinct = new Map<string, { words: readonly string[]; match: Match | undefined }>();
  for (const found of matches) {
    const key = describeMatch(found.match);
    if ((distinct.get(key)?.match?.score ?? -1) < (found.match?.score ?? 0)) distinct.set(key, found);
  }
  const found = [...distinct.values()].sort((one, other) => (other.match?.score ?? 0) - (one.match?.score ?? 0));
  const score = combineScores(found.map(({ match }) => match?.score ?? 0));
  const [worst] = found;
  const places = worst?.match?.runs[0]?.sentence ?? [];
  return {
    score,
    reference: worst?.match?.reference.text,
    copied: places.map((place) => worst?.words[place] as string),
  };
}

function findClosest(words: readonly string[], references: readonly ReferenceSentences[]): Match | undefined {
  const matches = references.map((sentences) => sentences.findClosest(words)).filter((match) => match !== undefined);
  return matches.reduce<Match | undefined>(
    (best, match) => (best && best.score >= match.score ? best : match),
    undefined,
  );
}

function describeMatch(match: Match | undefined): string {
  if (match === undefined || match.score === 0) return '';
  return `${match.reference.words.join(' ')}/${JSON.stringify(match.runs.map(({ reference }) => reference))}`;
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
