import { isStopWord } from './stop-words.js';

/** How much of a reference a sentence repeats. */
export interface SentenceLeakage {
  /** From 0 to 1. */
  readonly score: number;
  /** The runs found in both, as places in the reference and in the sentence, the longest first. */
  readonly runs: readonly Run[];
}

/** Words that come in the same order in both, as places in each; there may be others between them. */
export interface Run {
  readonly reference: readonly number[];
  readonly sentence: readonly number[];
}

/** Words beyond which a repetition counts as certain, and the score it then has. */
const certainWords = 6;
const certainScore = 0.7;

/**
 * Scores how much of a reference sentence another one repeats. The longest common subsequence of words is found and taken
 * out, again and again, so that a text which copies several parts is caught. Each run counts by its words (six score 0.7,
 * more approach 1), where stop words weigh the less the more of them there are, less up to 0.2 when its words lie far apart
 * in the sentence and up to 0.2 when the gaps differ between the two. The highest counts, the others add to it.
 *
 * @see The leakage metric of DGT (`validators/data_leak`, by Shachor and Razinkov): the same formulas and constants; the
 *   list of stop words and the cutting into sentences and words are our own.
 */
export function scoreLeakage(reference: readonly string[], sentence: readonly string[]): SentenceLeakage {
  const runs = findRuns(reference, sentence);
  return { score: combineScores(runs.map((run) => scoreRun(run, sentence))), runs };
}

/** The most that two sentences with this many common words can score. */
export function boundLeakage(commonWords: number): number {
  const most = scoreWordCount(commonWords);
  return most + most * (1 - most) * shareOfOthers + rounding;
}

const shareOfOthers = 1 - Math.exp(-1);
const rounding = 0.0001;

/** One score for several: the highest, raised towards 1 by the others. Rounded to four digits. */
export function combineScores(scores: readonly number[]): number {
  if (scores.length === 0) return 0;
  const highest = Math.max(...scores);
  const others = scores.reduce((sum, score) => sum + score, 0) - highest;
  const combined = highest + ((1 - highest) * others * shareOfOthers) / scores.length;
  return Math.min(1, Math.round(combined * 10_000) / 10_000);
}

function scoreRun({ reference, sentence }: Run, words: readonly string[]): number {
  const stopWords = sentence.filter((place) => isStopWord(words[place] as string)).length;
  const others = sentence.length - stopWords;
  const count = others + stopWords * (0.5 + (0.5 * others) / sentence.length);
  const penalty = 0.2 * (1 - scoreAdjacency(sentence)) + 0.2 * (1 - scoreConsistency(reference, sentence));
  return Math.max(0, scoreWordCount(count) - penalty);
}

function scoreWordCount(count: number): number {
  if (count <= certainWords) return certainScore * (count / certainWords) ** 1.25;
  return 1 - (1 - certainScore) * Math.exp(-0.3 * (count - certainWords));
}

/** 1 for words side by side, less the farther they are apart. */
function scoreAdjacency(places: readonly number[]): number {
  return places.length === 1 ? 1 : mean(differences(places).map((distance) => 1 / distance));
}

/** 1 when the words are equally far apart in both. */
function scoreConsistency(reference: readonly number[], sentence: readonly number[]): number {
  if (sentence.length === 1) return 1;
  const distances = differences(sentence);
  return (
    1 / (1 + mean(differences(reference).map((distance, index) => Math.abs(distance - (distances[index] as number)))))
  );
}

function differences(places: readonly number[]): number[] {
  return places.slice(1).map((place, index) => place - (places[index] as number));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function findRuns(reference: readonly string[], sentence: readonly string[]): Run[] {
  const runs: Run[] = [];
  const left = {
    reference: [...reference] as (string | undefined)[],
    sentence: [...sentence] as (string | undefined)[],
  };
  for (;;) {
    const run = dropLooseStopWords(findLongestRun(left.reference, left.sentence), reference);
    if (run.sentence.length === 0) return runs;
    for (const place of run.reference) left.reference[place] = undefined;
    for (const place of run.sentence) left.sentence[place] = undefined;
    runs.push(run);
  }
}

/** The longest common subsequence of what is left; of several, the one that comes first in the reference. */
function findLongestRun(reference: readonly (string | undefined)[], sentence: readonly (string | undefined)[]): Run {
  const width = sentence.length + 1;
  const lengths = new Uint16Array((reference.length + 1) * width);
  for (let row = reference.length - 1; row >= 0; row--) {
    for (let column = sentence.length - 1; column >= 0; column--) {
      const cell = row * width + column;
      lengths[cell] = isMatch(reference[row], sentence[column])
        ? (lengths[cell + width + 1] as number) + 1
        : Math.max(lengths[cell + width] as number, lengths[cell + 1] as number);
    }
  }
  const run = { reference: [] as number[], sentence: [] as number[] };
  for (let row = 0, column = 0; row < reference.length && column < sentence.length;) {
    const cell = row * width + column;
    if (isMatch(reference[row], sentence[column])) {
      run.reference.push(row++);
      run.sentence.push(column++);
    } else if ((lengths[cell + width] as number) >= (lengths[cell + 1] as number)) row++;
    else column++;
  }
  return run;
}

function isMatch(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one === other;
}

/** Without stop words at either end that stand apart from the rest, and nothing when a short stop word is all. */
function dropLooseStopWords(run: Run, reference: readonly string[]): Run {
  const wordAt = (index: number) => reference[run.reference[index] as number] as string;
  const isLoose = (end: number, neighbour: number) =>
    isStopWord(wordAt(end)) &&
    [run.reference, run.sentence].some(
      (places) => Math.abs((places[end] as number) - (places[neighbour] as number)) > 2,
    );
  let start = 0;
  let end = run.reference.length;
  while (end - start > 1 && isLoose(end - 1, end - 2)) end--;
  if (end === 1 && isStopWord(wordAt(0)) && wordAt(0).length <= 3) return { reference: [], sentence: [] };
  while (end - start > 1 && isLoose(start, start + 1)) start++;
  return { reference: run.reference.slice(start, end), sentence: run.sentence.slice(start, end) };
}
