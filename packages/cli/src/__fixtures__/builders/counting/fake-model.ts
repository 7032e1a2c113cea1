import { LMProvider, registerBlock, Type, type BlockContext, type LMResult, type LMRow } from '@dgt/core';

const configFields = { model_id_or_path: Type.String({ default: 'counting' }) };

/** How each fake model answers the n-th prompt. `silent` never answers. */
const models: Readonly<Record<string, (prompt: string, signal: AbortSignal) => string | Promise<string>>> = {
  counting: (prompt) => `text: ${prompt}`,
  repeating: () => 'text: always the same',
  // An escape sequence that would clear the terminal.
  chatty: () => 'Sure!\nHere is \u001b[2J what you asked for.',
  silent: (_prompt, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }),
};

/** A model that answers at once, from a function: `--lm fake_model:repeating` chooses which. */
@registerBlock('fake_model')
export class FakeModel extends LMProvider<{ model_id_or_path: string }> {
  static override readonly configFields = configFields;

  override async process({ input }: LMRow, { lane }: BlockContext): Promise<LMResult<LMRow>> {
    const answer = models[this.config.model_id_or_path] ?? models['counting'];
    const result = await lane.call({
      label: this.name,
      request: { model: this.config.model_id_or_path, input: input as string },
      execute: async (call) => {
        if (this.config.model_id_or_path === 'silent') this.services.log.write('info', 'the silent model was asked');
        const text = (await answer?.(input as string, call.signal)) ?? '';
        call.onTry({ startedAt: 0, durationMs: 1, outcome: 'ok', promptTokens: 10, completionTokens: 5 });
        return text;
      },
    });
    return { result, addtl: { finish_reason: 'stop' } };
  }
}
