import type { Turn } from '../convert/outcome.js';

/** What a model said, as a message of a chat. */
export interface ReadAnswer {
  readonly message: Turn;
  /** Whether `max_tokens` ended it. */
  readonly isCut: boolean;
  /** How many answers the body holds; the message is the first. */
  readonly choices: number;
}

/** What is read of a body of `/v1/chat/completions` or `/v1/completions`. */
interface Choice {
  readonly message?: { readonly content?: unknown; readonly refusal?: unknown; readonly tool_calls?: unknown } | null;
  readonly text?: unknown;
  readonly finish_reason?: unknown;
}

/** A part of the output of `/v1/responses`. */
interface OutputItem {
  readonly type?: unknown;
  readonly content?: readonly { readonly type?: unknown; readonly text?: unknown; readonly refusal?: unknown }[] | null;
}

/**
 * Reads the body of an answer of `/v1/chat/completions`, `/v1/completions` or `/v1/responses`.
 *
 * @returns why it holds no answer, where it holds none.
 */
export function readAnswerBody(body: Readonly<Record<string, unknown>>): ReadAnswer | string {
  if (Array.isArray(body['choices'])) return readChoices(body['choices'] as readonly Choice[]);
  if (Array.isArray(body['output'])) return readOutput(body['output'] as readonly OutputItem[], body['status']);
  return `its body has neither choices nor output; it has: ${Object.keys(body).join(', ') || 'nothing'}`;
}

function readChoices(choices: readonly Choice[]): ReadAnswer | string {
  const [first] = choices;
  if (first === undefined) return 'its body has no choices';
  const read = { isCut: first.finish_reason === 'length', choices: choices.length };
  if (typeof first.text === 'string') return { ...read, message: { role: 'assistant', content: first.text } };
  const { content, refusal, tool_calls: calls } = first.message ?? {};
  if (typeof refusal === 'string' && refusal !== '') return `the model refused: ${refusal}`;
  if (Array.isArray(calls) && calls.length > 0)
    return { ...read, message: { role: 'assistant', content: content ?? null, tool_calls: calls as unknown[] } };
  if (typeof content === 'string' && (content !== '' || first.finish_reason !== 'content_filter'))
    return { ...read, message: { role: 'assistant', content } };
  return first.finish_reason === 'content_filter' ? 'the content filter stopped the answer' : 'its choice has no text';
}

function readOutput(output: readonly OutputItem[], status: unknown): ReadAnswer | string {
  const parts = output.flatMap((item) => (item.type === 'message' ? (item.content ?? []) : []));
  const refusal = parts.find((part) => part.type === 'refusal')?.refusal;
  if (typeof refusal === 'string') return `the model refused: ${refusal}`;
  const texts = parts.flatMap(({ type, text }) => (type === 'output_text' && typeof text === 'string' ? [text] : []));
  if (texts.length === 0) return 'its output has no text';
  return { message: { role: 'assistant', content: texts.join('') }, isCut: status === 'incomplete', choices: 1 };
}
