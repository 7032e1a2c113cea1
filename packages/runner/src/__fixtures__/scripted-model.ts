import {
  LMProvider,
  Type,
  createScriptServices,
  type BlockContext,
  type DeferredClient,
  type Json,
  type LMRow,
  type TProperties,
} from '@dgt/core';

/** What a scripted model says to a prompt; the key is the same for the same call of the same dataset. */
export type Answer = (prompt: string, key: string, signal: AbortSignal) => Promise<string> | string;

/** A model block that answers from a function, through the lane as a real one does. */
export class ScriptedModel extends LMProvider {
  static override readonly configFields: TProperties = { model: Type.Optional(Type.String()) };
  static override readonly inputFields: TProperties = { input: Type.Unknown() };
  readonly #answer: Answer;
  readonly #deferred: DeferredClient<Json> | undefined;
  /** Prompts that were really sent. */
  readonly sent: string[] = [];

  constructor(answer: Answer, options: { config?: object; deferred?: DeferredClient<Json> } = {}) {
    super({ name: 'generator', ...options.config }, createScriptServices());
    this.#answer = answer;
    this.#deferred = options.deferred;
  }

  override async process({ input }: LMRow, { lane }: BlockContext) {
    const result = await lane.call<string>({
      label: this.name,
      request: { input: input as string },
      execute: async ({ idempotencyKey, signal, onTry }) => {
        this.sent.push(input as string);
        const answer = await this.#answer(input as string, idempotencyKey, signal);
        onTry({ startedAt: 0, durationMs: 1, outcome: 'ok', promptTokens: 1, completionTokens: 1 });
        return answer;
      },
      deferred: this.#deferred as DeferredClient<string> | undefined,
    });
    return { result, addtl: { finish_reason: 'stop' as const } };
  }
}
