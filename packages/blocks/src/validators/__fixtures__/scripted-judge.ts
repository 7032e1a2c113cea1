import { LMProvider, ProviderError, Type } from '@dgt/core';
import type { BlockContext, Json, LMRow, TProperties } from '@dgt/core';

/** What a scripted judge says to the n-th call for a prompt; `undefined` refuses the call for good. */
export type JudgeAnswer = (prompt: string, call: number) => string | undefined;

/** A model block that answers from a function, through the lane as a real one does. */
export class ScriptedJudge extends LMProvider {
  static override readonly configFields: TProperties = { model_id_or_path: Type.Optional(Type.String()) };
  static override readonly inputFields: TProperties = {
    input: Type.Unknown(),
    gen_kwargs: Type.Optional(Type.Unknown()),
  };
  readonly #answer: JudgeAnswer;
  /** What it was given, in the order of the calls. */
  readonly requests: LMRow[] = [];
  prepared: Json | undefined;
  closed = false;

  constructor(answer: JudgeAnswer) {
    super({ name: 'judge' });
    this.#answer = answer;
  }

  override get definition(): Json {
    return { type: 'scripted', model: 'one' };
  }

  override get callLimit(): number {
    return 3;
  }

  override async prepare({ pinned }: { readonly pinned: Json | undefined }): Promise<void> {
    this.prepared = pinned ?? 'nothing';
  }

  override async close(): Promise<void> {
    this.closed = true;
  }

  override async process(row: LMRow, { lane }: BlockContext) {
    const request = row.input as Json;
    const execute = () => {
      const call = this.requests.push(row) - 1;
      const answer = this.#answer(JSON.stringify(row.input), call);
      if (answer !== undefined) return Promise.resolve(answer);
      throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', {
        provider: 'judge',
        endpoint: 'here',
        status: 400,
        reason: 'no',
      });
    };
    const text = await lane.call<string>({ label: this.name, request, execute });
    const result = typeof row.input === 'string' ? text : { role: 'assistant' as const, content: text };
    return { result, addtl: { finish_reason: 'stop' as const } };
  }
}
