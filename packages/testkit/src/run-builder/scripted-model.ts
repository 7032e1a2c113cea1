import { LMProvider, Type, type AnswerFormat, type BlockContext, type Json, type LMOutput } from '@dgt/core';
import type { LMRow, LMRunOptions, Processor, TProperties } from '@dgt/core';
import { AnswerScript, type Answers } from './answer-script.js';
import { renderPrompt } from './model-call.js';
import { readScriptedValue } from './scripted-value.js';

type Answered = Awaited<ReturnType<LMProvider['process']>>;

/**
 * A model block that answers from a script, through its lane as a real one does: `new ScriptedModel(['Paris'])` in place of
 * any model that a data builder or another block calls.
 */
export class ScriptedModel extends LMProvider {
  static override readonly inputFields: TProperties = {
    input: Type.Unknown(),
    gen_kwargs: Type.Optional(Type.Unknown()),
    response_format: Type.Optional(Type.Unknown()),
  };
  readonly #script: AnswerScript;

  /** @param answers an {@link AnswerScript} is shared with other models, so that one list serves all of them. */
  constructor(answers: Answers | AnswerScript, { name = 'model' }: { name?: string } = {}) {
    super({ name });
    this.#script = answers instanceof AnswerScript ? answers : new AnswerScript(answers);
  }

  protected override openRun({ response_format }: LMRunOptions<AnswerFormat | undefined>): Processor<LMRow, LMOutput> {
    return (row, context) => this.process({ ...row, response_format: row.response_format ?? response_format }, context);
  }

  override async process(
    { input, gen_kwargs = {}, response_format: format }: LMRow,
    { lane }: BlockContext,
  ): Promise<Answered> {
    const request = { input, ...(Object.keys(gen_kwargs).length > 0 && { gen_kwargs }) } as Json;
    const call = { block: this.name, input, prompt: renderPrompt(request), gen_kwargs };
    const execute = () => this.#script.answer(call);
    const text = await lane.call({ label: this.name, request, execute });
    if (format !== undefined) {
      return { result: readScriptedValue(text, format, this.name), addtl: { finish_reason: 'stop' } } as Answered;
    }
    const result = typeof input === 'string' ? text : { role: 'assistant' as const, content: text };
    return { result, addtl: { finish_reason: 'stop' } } as Answered;
  }
}
