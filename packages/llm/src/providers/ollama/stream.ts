import type { StreamEvent } from '../http/follow-stream.js';
import type { Reply } from './reply.js';

/** Reads a line of a streamed reply of `/api/generate` or `/api/chat`: a reply of its own, but for what ends it. */
export function readStreamEvent(event: Readonly<Record<string, unknown>>): StreamEvent {
  const { response, thinking, message, done, done_reason, error } = event as Reply & {
    done?: unknown;
    error?: unknown;
  };
  return {
    hasToken: Boolean(response || thinking || message?.content || message?.thinking || message?.tool_calls?.length),
    ...(done === true && { ending: done_reason ?? 'stop' }),
    ...(typeof error === 'string' && { error }),
  };
}
