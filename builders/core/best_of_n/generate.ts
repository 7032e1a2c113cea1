import { LMProvider, registerDataBuilder, TransformationDataBuilder, type RowContext } from '@dgt/core';
import { ask, type Model } from '../answers/ask.js';
import type { Values } from '../prompts/prompt.js';
import { BestOfNTask, Judged } from './task.js';

type Context = RowContext<{ readonly generator: Model; readonly judge: Model }>;

/** Asks for several answers and lets a model choose the best; all of them are kept. */
@registerDataBuilder('core/best_of_n')
export class BestOfNDataBuilder extends TransformationDataBuilder.of({
  task: BestOfNTask,
  blocks: { generator: LMProvider, judge: LMProvider },
}) {
  override async transform(_row: object, ctx: Context): Promise<Judged | undefined> {
    const { spec, request, judge } = this.task;
    const values = ctx.columns;
    this.task.checkColumns(values, ctx.number);
    const input = request.render(values);
    const candidates = await this.#askForCandidates(input, values, ctx);
    if (candidates === undefined) return undefined;
    const [first, second] = candidates;
    if (second === undefined) {
      const what = candidates.length === 0 ? 'no candidate' : 'one candidate alone';
      ctx.reject(`${what} could be read, and there is nothing to choose from`, first ?? values);
      return undefined;
    }
    const task = typeof input === 'string' ? input : input.at(-1)?.content;
    const judgement = await judge.judge(candidates, { TASK: task, ...values }, ctx.named('judge'));
    if (judgement === undefined) return undefined;
    const { scores, verdicts } = judgement;
    // Of equal ones the first is the best and the last the worst, so that they are never the same.
    const choice = scores.indexOf(Math.max(...scores));
    const last = scores.lastIndexOf(Math.min(...scores));
    const [best, worst] = [candidates[choice], candidates[last]];
    const margin = (scores[choice] as number) - (scores[last] as number);
    if (margin < spec.judge.min_margin) {
      ctx.reject(`the best is better than the worst by ${margin}, less than min_margin`, { candidates, scores });
      return undefined;
    }
    return new Judged({ candidates, scores: [...scores], verdicts: [...verdicts], choice, best, worst });
  }

  /** The candidates that could be read; undefined when the call failed, which is on record then. */
  async #askForCandidates(
    input: ReturnType<BestOfNTask['request']['render']>,
    values: Values,
    ctx: Context,
  ): Promise<unknown[] | undefined> {
    const { spec, reader } = this.task;
    const lane = ctx.named('candidates');
    const answers = await ask(lane.blocks.generator, {
      input,
      gen_kwargs: { ...spec.gen_kwargs, n: spec.n },
      response_format: reader.responseFormat,
      step: 'candidates',
    });
    if (answers === undefined) return undefined;
    const candidates: unknown[] = [];
    for (const answer of answers) {
      const finding = await reader.read(answer, { lane, values });
      if ('problem' in finding) ctx.reject(`candidates: ${finding.problem}`, answer);
      else if (spec.choices === undefined) candidates.push(finding.value);
      else candidates.push((finding.value as { choice: string }).choice);
    }
    return candidates;
  }
}
