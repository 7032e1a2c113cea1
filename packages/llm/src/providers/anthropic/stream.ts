import type { StreamEvent } from '../http/follow-stream.js';

/** What is read of an event of a streamed message. */
interface MessageEvent {
  readonly type?: unknown;
  readonly delta?: {
    readonly text?: string;
    readonly thinking?: string;
    readonly partial_json?: string;
    readonly stop_reason?: string | null;
  };
  readonly error?: { readonly message?: unknown };
}

/** Reads an event of a streamed message. */
export function readStreamEvent(event: Readonly<Record<string, unknown>>): StreamEvent {
  const { type, delta, error } = event as MessageEvent;
  const { text, thinking, partial_json: json, stop_reason: reason } = delta ?? {};
  return {
    hasToken: Boolean(text || thinking || json),
    ...(type === 'message_delta' && reason && { ending: reason === 'max_tokens' ? 'length' : reason }),
    ...(type === 'error' && { error: String(error?.message ?? 'it gave no reason') }),
  };
}
