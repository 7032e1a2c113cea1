import { LMProvider, registerDataBuilder, TransformationDataBuilder, type RowContext } from '@dgt/core';
import type { Values } from '../prompts/prompt.js';
import type { Model } from '../answers/ask.js';
import type { StepLane } from './step.js';
import { PromptChainTask } from './task.js';

/** Asks a model step by step for each row, as the task's file says. */
@registerDataBuilder('core/prompt_chain')
export class PromptChainDataBuilder extends TransformationDataBuilder.of({
  task: PromptChainTask,
  blocks: { generator: LMProvider },
}) {
  override async transform(_row: object, ctx: RowContext<{ readonly generator: Model }>): Promise<object[]> {
    const { chain, output } = this.task;
    const extra = chain.makeExtraFields(ctx.number, ctx.random);
    const values = { ...ctx.columns, ...extra };
    chain.check(values, `row ${ctx.number}`);
    const rows = await this.#runFrom(0, { values, made: extra }, ctx);
    return rows.map((made) => new output(made));
  }

  /** @param state.made what goes into the output, of all `values`. */
  async #runFrom(index: number, { values, made }: { values: Values; made: Values }, lane: StepLane): Promise<Values[]> {
    const step = this.task.chain.steps[index];
    if (step === undefined) return [made];
    // A lane of its own name: steps that are put in or taken out before it cost it nothing.
    const rows = await step.run(values, lane.named(step.name));
    if (rows === undefined) return [];
    const goOn = (added: Values, own: StepLane) =>
      this.#runFrom(index + 1, { values: { ...values, ...added }, made: { ...made, ...added } }, own);
    const [only] = rows;
    if (!step.split && only !== undefined) return goOn(only, lane);
    const results = await lane.map(rows, goOn);
    return results.flat();
  }
}
