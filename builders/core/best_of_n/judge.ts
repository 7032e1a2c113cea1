import type { LaneContext } from '@dgt/core';
import { ask, type Model } from '../answers/ask.js';
import type { PromptOptions, Values } from '../prompts/prompt.js';
import { Request } from '../prompts/request.js';
import type { JudgeSpec } from './best-of-n-fields.js';

/** What a judge runs in. */
export type JudgeLane = LaneContext<{ readonly judge: Model }>;

/** What candidates came to. */
export interface Judgement {
  /** Of each candidate, in their order: votes, mean scores, or won comparisons. */
  readonly scores: readonly number[];
  /** What each single answer of the judge said. */
  readonly verdicts: readonly Verdict[];
}

/** One answer of the judge: the candidates that it was shown, in that order, and what it said of them. */
export interface Verdict {
  readonly shown: readonly number[];
  /** The candidate that it chose. */
  readonly choice?: number;
  readonly score?: number;
}

/** Asks a model which candidates are good. */
export class Judge {
  readonly #spec: JudgeSpec;
  readonly #request: Request;

  constructor(spec: JudgeSpec, options: PromptOptions) {
    const user = spec.user ?? createPrompt(spec);
    // A prompt of ours is written in Liquid, whatever the task's own are.
    const syntax = spec.user === undefined ? { ...options, syntax: 'liquid' as const } : options;
    const request = { user, ...(spec.system !== undefined && { system: spec.system }) };
    this.#spec = spec;
    this.#request = new Request(request, { path: ['judge'], where: 'the judge' }, syntax);
  }

  /** Finds what is missing before anything is called. @throws {@link ConfigError} DGT_TEMPLATE_FIELD */
  check(values: Values, row: string): void {
    this.#request.check(values, { row, later: ['TASK', 'candidates', 'candidate', 'first', 'second'] });
  }

  /** Judges candidates; undefined when no question got an answer, which is on record then. */
  async judge(candidates: readonly unknown[], values: Values, lane: JudgeLane): Promise<Judgement | undefined> {
    const questions = this.#listQuestions(candidates.length, lane);
    const answers = await lane.map(questions, (shown, own) => this.#ask(shown, candidates, values, own));
    const verdicts = answers.filter((verdict) => verdict !== undefined);
    if (verdicts.length === 0) return undefined;
    return { scores: candidates.map((_, index) => this.#count(index, verdicts)), verdicts };
  }

  /**
   * The candidates that each question shows, in random order, since judges prefer what comes first; the order is the same in every run.
   */
  #listQuestions(count: number, { random }: JudgeLane): number[][] {
    const { method, samples } = this.#spec;
    const all = Array.from({ length: count }, (_, index) => index);
    const sets =
      method === 'vote'
        ? [all]
        : method === 'score'
          ? all.map((index) => [index])
          : all.flatMap((first) => all.slice(first + 1).map((second) => [first, second]));
    return sets.flatMap((set) => Array.from({ length: samples }, () => random.shuffle(set)));
  }

  async #ask(
    shown: readonly number[],
    candidates: readonly unknown[],
    values: Values,
    lane: JudgeLane,
  ): Promise<Verdict | undefined> {
    const { method, max_score: best, gen_kwargs } = this.#spec;
    const seen = shown.map((index) => candidates[index]);
    const scope = { ...values, candidates: seen, candidate: seen[0], first: seen[0], second: seen[1] };
    const answers = await ask(lane.blocks.judge, {
      input: this.#request.render(scope),
      gen_kwargs,
      response_format: method === 'score' ? scoreSchema(best) : choiceSchema(shown.length),
      step: 'judge',
    });
    const answer = answers?.[0] as { choice?: number; score?: number } | undefined;
    if (answer === undefined) return undefined;
    if (method === 'score') return { shown, score: answer.score as number };
    return { shown, choice: shown[(answer.choice as number) - 1] as number };
  }

  #count(index: number, verdicts: readonly Verdict[]): number {
    const { method } = this.#spec;
    if (method !== 'score') return verdicts.filter(({ choice }) => choice === index).length;
    const own = verdicts.filter(({ shown }) => shown[0] === index).map(({ score = 0 }) => score);
    return own.length === 0 ? 0 : own.reduce((sum, score) => sum + score, 0) / own.length;
  }
}

function choiceSchema(count: number) {
  const choice = { type: 'integer', enum: Array.from({ length: count }, (_, index) => index + 1) };
  return { type: 'object', properties: { choice }, required: ['choice'], additionalProperties: false };
}

function scoreSchema(best: number) {
  const score = { type: 'integer', minimum: 0, maximum: best };
  return { type: 'object', properties: { score }, required: ['score'], additionalProperties: false };
}

/** The prompt of a judge that has none of its own. */
function createPrompt({
  method,
  criterion = 'It is correct, complete and clear.',
  max_score: best,
}: JudgeSpec): string {
  const rule = `What makes a good answer: {% raw %}${criterion.replaceAll('{%', '{ %')}{% endraw %}\n`;
  const task = `{% if TASK %}The task:\n{{ TASK }}\n\n{% endif %}${rule}`;
  if (method === 'score')
    return `${task}\nThe answer:\n{{ candidate }}\n\nScore it from 0 to ${best}, as JSON: {"score": ${best}}`;
  const list = '{% for candidate in candidates %}\nAnswer {{ forloop.index }}:\n{{ candidate }}\n{% endfor %}';
  return `${task}${list}\nWhich answer is the best? Say its number, as JSON: {"choice": 1}`;
}
