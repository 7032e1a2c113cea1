import { ConfigError, type Message } from '@dgt/core';
import type { builtInRollouts } from './rollout-fields.js';
import type { InferenceResult, Payload, Rollout, RolloutContext } from './rollout-function.js';
import { splitText } from './split-text.js';

/** The name under which the prompt of a chunk may use the end of the answer before it. */
export const previousName = 'PREVIOUS';

/** One request a document. */
const single: Rollout = (_document, { generate, prompt }) => generate(toPayload(prompt()));

/** One request with the messages of a chat that the document holds. */
const messages: Rollout = (_document, { generate, prompt }) => {
  const chat = prompt();
  if (typeof chat === 'string') throw refuseColumn('it holds a text, and not the messages of a chat');
  return generate({ messages: chat });
};

/** Cuts the document into pieces and asks for each, shown the end of the last answer; the answers are put together. */
function createChunked(column: string): Rollout {
  return async (document, context) => {
    const text = document[column];
    if (typeof text !== 'string') throw refuseColumn(`"${column}" holds no text to cut into chunks`);
    const answers: InferenceResult[] = [];
    for (const piece of splitText(text, context.chunks.size)) {
      const tail = cutTail(answers.at(-1)?.text ?? '', context.chunks.tail);
      const answer = await context.generate(askFor(context, { column, piece, tail }));
      // A model that was asked to go on may begin by repeating what it was shown.
      const isRepeated = tail !== '' && answer.text.startsWith(tail);
      answers.push(isRepeated ? { ...answer, text: answer.text.slice(tail.length) } : answer);
    }
    return stitch(answers, context.chunks.join);
  };
}

/** The built-in rollout of a name. */
export function createBuiltIn(name: (typeof builtInRollouts)[number], column: string): Rollout {
  return { single, messages, chunked: createChunked(column) }[name];
}

function refuseColumn(problem: string): ConfigError {
  return new ConfigError('DGT_TEMPLATE_VALUE', { where: 'prompt_column', problem, path: ['prompt_column'] });
}

function askFor(
  { prompt, chunks }: RolloutContext,
  { column, piece, tail }: { column: string; piece: string; tail: string },
): Payload {
  const asked = toMessages(prompt({ [column]: piece, [previousName]: tail }));
  if (tail === '' || chunks.continue === 'prompt') return { messages: asked };
  const extra = { continue_final_message: true, add_generation_prompt: false };
  return { messages: [...asked, { role: 'assistant', content: tail }], extra_body: extra };
}

function stitch(answers: readonly InferenceResult[], join: string): InferenceResult & { readonly chunks: number } {
  const usage: Record<string, number> = {};
  for (const answer of answers) {
    for (const [name, count] of Object.entries(answer.usage)) usage[name] = (usage[name] ?? 0) + (count ?? 0);
  }
  const text = answers.map((answer) => answer.text).join(join);
  return { text, finish_reason: answers.at(-1)?.finish_reason ?? 'stop', usage, chunks: answers.length };
}

function cutTail(text: string, length: number): string {
  return length === 0 ? '' : text.slice(-length);
}

function toPayload(prompt: string | Message[]): Payload {
  return typeof prompt === 'string' ? { prompt } : { messages: prompt };
}

function toMessages(prompt: string | Message[]): Message[] {
  return typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt;
}
