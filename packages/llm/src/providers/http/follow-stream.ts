import type { ProviderError } from '@dgt/core';
import { malformedAnswerError, mapHttpError, type ErrorScope } from './http-error.js';

/** What one event of a streamed answer says. */
export interface StreamEvent {
  /** Whether a piece of the answer, or of what the model thought, is in it. */
  readonly hasToken: boolean;
  /** Why the answer is over, in the event that ends it: `length` when it was cut off. */
  readonly ending?: string | undefined;
  /** What went wrong at the server, amid the answer. */
  readonly error?: string | undefined;
}

/** How the events of a provider are read. */
export interface StreamReading {
  readonly scope: ErrorScope;
  read(event: Readonly<Record<string, unknown>>): StreamEvent;
  /** Called with each piece of the answer, as it comes. */
  onToken(): void;
}

/**
 * Follows a streamed answer to its end: events of server-sent events, or JSON lines.
 *
 * @param send makes the request and gives each line of the answer as it comes.
 * @throws {@link ProviderError} for an answer that breaks off, holds nothing, or comes whole.
 */
export async function followStream(
  send: (onLine: (line: string) => void) => Promise<void>,
  { scope, read, onToken }: StreamReading,
): Promise<void> {
  let count = 0;
  let ending: string | undefined;
  let failure: ProviderError | undefined;
  await send((line) => {
    const text = line.replace(/^data:/, '').trim();
    if (text === '[DONE]') ending ??= 'stop';
    if (!text.startsWith('{')) return;
    const event = readEvent(text, read);
    if (event === undefined) failure ??= malformedAnswerError(scope, 'an event of the stream is not valid JSON');
    else if (event.error !== undefined) failure ??= mapHttpError(scope, { status: 500, message: event.error });
    ending = event?.ending ?? ending;
    if (event?.hasToken !== true) return;
    count++;
    onToken();
  });
  if (failure !== undefined) throw failure;
  if (ending === undefined) throw malformedAnswerError(scope, 'the stream broke off, or is none');
  // A model may spend all that it was given on thoughts that are not shown.
  if (count === 0 && ending !== 'length') throw malformedAnswerError(scope, 'the stream holds no answer');
}

function readEvent(text: string, read: StreamReading['read']): StreamEvent | undefined {
  try {
    return read(JSON.parse(text) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}
