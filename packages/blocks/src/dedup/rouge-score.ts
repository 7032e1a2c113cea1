/** What two texts are compared by: their longest common subsequence of tokens, or the runs of 1, 2 or 3 tokens they share. */
export type RougeType = 'lcs' | 'n_1' | 'n_2' | 'n_3';

/** How what is common becomes a score: precision is its share of the other text, recall its share of the judged text. */
export type ScoreFunction = 'f1' | 'precision' | 'recall';

/** A similarity from 0 to 1: the mean over `types`, which lists at least one. */
export interface RougeMeasure {
  readonly types: readonly RougeType[];
  readonly scoreFunction: ScoreFunction;
}

/** Tokens, none of which holds a space, or their numbers. */
export type Tokens = ArrayLike<string | number>;

/**
 * How much the judged text (`self`) repeats another one, straight from the definition: the yardstick of the index. A text
 * without tokens scores 0 against anything.
 *
 * Runs of tokens are compared as sets and all of them count; DGT leaves out the last run of every text.
 *
 * @see Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004.
 */
export function scoreRouge(self: Tokens, other: Tokens, measure: RougeMeasure): number {
  const scores = measure.types.map((type) => scoreType(self, other, type, measure.scoreFunction));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/**
 * The score of two texts of these sizes which have `common` units in common. It never falls when `common` rises, nor
 * rises when `otherSize` does; the bounds of the index rest on that.
 *
 * One division, correctly rounded: 4 of 5 is the number that `threshold: 0.8` is read as. Multiplying precision and recall
 * first would miss it by a rounding error.
 */
export function scoreCommon(common: number, selfSize: number, otherSize: number, scoreFunction: ScoreFunction): number {
  if (common === 0) return 0;
  if (scoreFunction === 'f1') return (2 * common) / (selfSize + otherSize);
  return common / (scoreFunction === 'precision' ? otherSize : selfSize);
}

/** The distinct runs of `length` tokens, each joined by spaces; none when the text is shorter. */
export function listRuns(tokens: Tokens, length: number): Set<string> {
  const list = Array.from(tokens);
  const runs = new Set<string>();
  for (let end = length; end <= list.length; end++) runs.add(list.slice(end - length, end).join(' '));
  return runs;
}

/** How many tokens the runs of this type have. */
export function getRunLength(type: Exclude<RougeType, 'lcs'>): number {
  return Number(type.slice(2));
}

function scoreType(self: Tokens, other: Tokens, type: RougeType, scoreFunction: ScoreFunction): number {
  if (type === 'lcs') {
    return scoreCommon(measureCommonSubsequence(self, other), self.length, other.length, scoreFunction);
  }
  const selfRuns = listRuns(self, getRunLength(type));
  const otherRuns = listRuns(other, getRunLength(type));
  let common = 0;
  for (const run of selfRuns) if (otherRuns.has(run)) common++;
  return scoreCommon(common, selfRuns.size, otherRuns.size, scoreFunction);
}

function measureCommonSubsequence(self: Tokens, other: Tokens): number {
  let previous = [0, ...Array.from(other, () => 0)];
  for (let row = 0; row < self.length; row++) {
    const current = [0];
    for (let column = 0; column < other.length; column++) {
      const extended = (previous[column] ?? 0) + 1;
      const kept = Math.max(previous[column + 1] ?? 0, current[column] ?? 0);
      current.push(self[row] === other[column] ? extended : kept);
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
