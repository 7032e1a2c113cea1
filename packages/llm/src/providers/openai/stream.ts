import type { StreamEvent } from '../http/follow-stream.js';

/** What is read of an event of a streamed reply of `/completions` or `/chat/completions`. */
interface Chunk {
  readonly choices?: readonly {
    readonly text?: string | null;
    readonly delta?: {
      readonly content?: string | null;
      readonly refusal?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
      readonly tool_calls?: unknown;
    } | null;
    readonly finish_reason?: string | null;
    /** A whole answer, where a server does not stream. */
    readonly message?: unknown;
  }[];
  readonly error?: { readonly message?: unknown } | string | null;
}

/** Reads an event of a streamed reply. */
export function readStreamEvent(event: Readonly<Record<string, unknown>>): StreamEvent {
  const { choices = [], error } = event as Chunk;
  const [choice] = choices;
  const { content, refusal, reasoning_content, reasoning, tool_calls } = choice?.delta ?? {};
  const isWhole = choice?.message !== undefined;
  return {
    hasToken: Boolean(content || refusal || reasoning_content || reasoning || tool_calls || choice?.text),
    ...(choice?.finish_reason && !isWhole && { ending: choice.finish_reason }),
    ...(error && { error: typeof error === 'string' ? error : String(error.message ?? 'it gave no reason') }),
  };
}
