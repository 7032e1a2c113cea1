import { Type, type Static, type Verdict } from '@dgt/core';
import { readScore, readScores, readYesNo } from './judge-answer.js';

/** What makes an answer of a judge a good one. */
export const successSchema = Type.Union([
  Type.Literal('yes_no'),
  Type.Object(
    {
      score: Type.Object(
        { min: Type.Number(), pattern: Type.Optional(Type.String({ minLength: 1 })) },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { pattern: Type.String({ minLength: 1 }), must_match: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
]);

/** One of several things that a judge gives a score for. */
export const criterionSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String({ minLength: 1 })),
    /** By score: what deserves it, such as `1: wrong` and `5: right in every detail`. */
    levels: Type.Optional(Type.Record(Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }), Type.String({ minLength: 1 }))),
    min: Type.Number(),
  },
  { additionalProperties: false },
);

/** The lowest and the highest score. */
export const scaleSchema = Type.Object({ from: Type.Number(), to: Type.Number() }, { additionalProperties: false });

export type Criterion = Static<typeof criterionSchema>;
export type Scale = Static<typeof scaleSchema>;

/** What one answer of a judge means. */
export type Rule = (answer: string) => Verdict;

/** Why an answer is no vote for the row, when it says neither the one nor the other. */
export const unreadableReason = "the judge's answer cannot be read";

/**
 * Makes a rule from what YAML says.
 *
 * @throws SyntaxError for a pattern that cannot be read.
 */
export function createRule(options: {
  readonly success: Static<typeof successSchema>;
  readonly criteria: readonly Criterion[];
  readonly scale: Scale | undefined;
}): Rule {
  const { success, criteria, scale } = options;
  if (criteria.length > 0) return createCriteriaRule(criteria, scale ?? defaultScale);
  if (success === 'yes_no') return ruleByYesNo;
  if ('score' in success) return createScoreRule(success.score, scale);
  const { must_match: mustMatch = true } = success;
  const pattern = new RegExp(success.pattern, 'iu');
  const reason = `the judge's answer ${mustMatch ? 'does not match' : 'matches'} /${success.pattern}/`;
  return (answer) => (pattern.test(answer) === mustMatch ? { valid: true } : { valid: false, reason });
}

/** What criteria are scored on unless the configuration says otherwise. */
export const defaultScale: Scale = { from: 1, to: 5 };

function ruleByYesNo(answer: string): Verdict {
  const yes = readYesNo(answer);
  if (yes === undefined) return { valid: false, reason: unreadableReason };
  return yes ? { valid: true } : { valid: false, reason: 'the judge said no' };
}

function createScoreRule({ min, pattern }: { min: number; pattern?: string }, scale: Scale | undefined): Rule {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'giu');
  return (answer) => {
    const score = readScore(answer, expression);
    if (score === undefined || !fits(score, scale)) return { valid: false, reason: unreadableReason };
    return score >= min ? { valid: true, score } : { valid: false, score, reason: `the judge scored it under ${min}` };
  };
}

function createCriteriaRule(criteria: readonly Criterion[], scale: Scale): Rule {
  const names = criteria.map(({ name }) => name);
  return (answer) => {
    const scores = readScores(answer, names);
    const metadata = { scores: Object.fromEntries(scores) };
    if (names.some((name) => !fits(scores.get(name), scale))) {
      return { valid: false, reason: unreadableReason, metadata };
    }
    const score = round(names.reduce((sum, name) => sum + (scores.get(name) as number), 0) / names.length);
    const failed = criteria.filter(({ name, min }) => (scores.get(name) as number) < min);
    if (failed.length === 0) return { valid: true, score, metadata };
    const reason = failed.map(({ name, min }) => `"${name}" under ${min}`).join(' and ');
    return { valid: false, score, reason: `the judge scored ${reason}`, metadata };
  };
}

function fits(score: number | undefined, scale: Scale | undefined): boolean {
  return score !== undefined && (scale === undefined || (score >= scale.from && score <= scale.to));
}

/** Of several votes: valid when more than half are; the score is the mean of those that gave one. */
export function combineVotes(votes: readonly Verdict[]): Verdict {
  const [only] = votes;
  if (votes.length === 1 && only !== undefined) return only;
  const agreeing = votes.filter(({ valid }) => valid);
  const valid = agreeing.length * 2 > votes.length;
  const scores = votes.map(({ score }) => score).filter((score) => score !== undefined);
  const mean =
    scores.length === 0 ? {} : { score: round(scores.reduce((sum, score) => sum + score, 0) / scores.length) };
  const metadata = { votes: { valid: agreeing.length, of: votes.length } };
  if (valid) return { valid, ...mean, metadata };
  return { valid, ...mean, reason: findMostCommonReason(votes), metadata };
}

/** Of equally common ones the first. */
function findMostCommonReason(votes: readonly Verdict[]): string {
  const counts = new Map<string, number>();
  for (const { valid, reason = 'invalid' } of votes) if (!valid) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 'invalid';
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
