import { LMProvider, ProviderError, registerDataBuilder, TransformationDataBuilder } from '@dgt/core';
import type { ChoiceDetails, LaneContext, RowContext, Usage } from '@dgt/core';
import { readText, type Model } from '../answers/ask.js';
import { documentName } from '../prompts/request.js';
import { previousName } from './built-in.js';
import type { InferenceResult, Payload, RolloutContext, RolloutDocument } from './rollout-function.js';
import { RolledOut, RolloutTask } from './task.js';

type RolloutLane = LaneContext<{ readonly generator: Model }>;

/** Calls a function for each document, as often as the task says, and keeps what it gives. */
@registerDataBuilder('core/rollout')
export class RolloutDataBuilder extends TransformationDataBuilder.of({
  task: RolloutTask,
  blocks: { generator: LMProvider },
}) {
  override async transform(
    _row: object,
    ctx: RowContext<{ readonly generator: Model }>,
  ): Promise<RolledOut | undefined> {
    const { spec } = this.task;
    const document = ctx.columns;
    const { prompt_column: column } = spec;
    if (column !== undefined && isEmpty(document[column])) {
      ctx.reject(`"${column}" is empty`, document);
      return undefined;
    }
    this.task.checkColumns(document, ctx.number);
    const rollouts = Array.from({ length: spec.rollouts_per_document }, (_, index) => index);
    const results = await ctx.map(rollouts, (index, lane) => this.#roll(document, index, lane));
    const given = results.filter((result) => result !== null && result !== undefined);
    if (given.length > 0) return new RolledOut({ rollout_results: given });
    ctx.reject('no rollout gave a result', document);
    return undefined;
  }

  async #roll(document: RolloutDocument, index: number, lane: RolloutLane): Promise<unknown> {
    const { spec, shared, workers, chunks, rollout } = this.task;
    const options = typeof spec.rollout === 'string' ? {} : (spec.rollout.options ?? {});
    const context: RolloutContext = {
      generate: (payload) =>
        this.#generate(typeof payload === 'string' ? { prompt: payload } : payload, { document, lane }),
      prompt: (values) => this.#prompt({ ...document, ...values }),
      prepare: (argument) => {
        if (workers === undefined) throw new Error('prepare() needs workers: in the task file, which names its module');
        return workers.run(argument);
      },
      random: lane.random,
      shared,
      options,
      once: (name, effect) => lane.once(name, effect),
      reject: (reason, sample) => lane.reject(reason, sample),
      signal: lane.signal,
      index,
      chunks,
    };
    try {
      return await rollout(document, context);
    } catch (error) {
      const refused = ProviderError.isInstance(error) && error.failure === 'permanent';
      if (!refused || spec.on_bad_request === 'fail') throw error;
      lane.reject(`the request was refused: ${error.message}`, document);
      return undefined;
    }
  }

  #prompt(values: Readonly<Record<string, unknown>>) {
    const { request } = this.task;
    if (request === undefined) throw new Error('prompt() needs a prompt in the task file: user or prompt_column');
    return request.render({ [previousName]: '', ...values });
  }

  async #generate(
    payload: Payload,
    { document, lane }: { readonly document: RolloutDocument; readonly lane: RolloutLane },
  ): Promise<InferenceResult> {
    const { prompt, messages, response_format: format, tools, tool_choice: choice, ...parameters } = payload;
    const input = messages ?? prompt;
    if (input === undefined) throw new TypeError('generate() needs a prompt or messages');
    if (parameters['n'] !== undefined) throw new TypeError('generate() gives one answer: call it several times');
    // Calls that a rollout makes at once are told apart by what they ask, and not by which came first.
    const own = lane.named(JSON.stringify(payload));
    const column = this.task.spec.prompt_column;
    const row = {
      input,
      // What `truncate: DOCUMENT` of the model block shortens where the prompt is too long.
      ...(column !== undefined && { [documentName]: document[column] }),
      gen_kwargs: { ...this.task.spec.gen_kwargs, ...parameters },
      ...(format !== undefined && { response_format: format }),
      ...(tools !== undefined && { tools }),
      ...(choice !== undefined && { tool_choice: choice }),
    };
    const [answered] = await own.blocks.generator.run([row], { failures: 'yield' }).toArray();
    if (answered === undefined) throw new Error('the model block gave no row');
    if ('error' in answered) throw answered.error;
    const result = answered.result as unknown;
    const { finish_reason, reasoning, tool_calls, logprobs, ...usage } = answered.addtl as Usage & ChoiceDetails;
    const called = tool_calls ?? (result as { tool_calls?: readonly unknown[] } | null)?.tool_calls;
    return {
      text: format === undefined ? readText(result) : JSON.stringify(result),
      finish_reason,
      usage,
      ...(reasoning !== undefined && { reasoning }),
      ...(logprobs !== undefined && { logprobs }),
      ...(format !== undefined && { value: result }),
      ...(called !== undefined && { tool_calls: called }),
    };
  }
}

/** Whether a column holds nothing to ask about. A column that is not there at all is another matter, which the prompt tells. */
function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
