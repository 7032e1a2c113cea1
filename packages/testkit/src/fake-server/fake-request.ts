import { createHash } from 'node:crypto';

/** Which API a request was made to. */
export type Dialect = 'openai' | 'ollama';

/** A request for an answer, as the fake server understood it. */
export interface FakeRequest {
  readonly dialect: Dialect;
  /** Such as `/v1/chat/completions`. */
  readonly path: string;
  /** The `Idempotency-Key`, or else a hash of the body: names the call, whichever try this is. */
  readonly key: string;
  /** Counts the requests with this key and body, from 1. */
  readonly attempt: number;
  readonly model: string;
  /** The prompt, or the content of the last message. */
  readonly prompt: string;
  /** The JSON that was sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** A hash of key and body: the same for the same call whoever makes it and whenever. */
  readonly identity: string;
}

/** Reads a request for an answer from its parts. */
export function readFakeRequest(parts: {
  readonly dialect: Dialect;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  countAttempt(identity: string): number;
}): FakeRequest {
  const { dialect, path, text, body } = parts;
  const key = parts.idempotencyKey ?? hash(text);
  const identity = hash(`${key}\n${text}`);
  const attempt = parts.countAttempt(identity);
  return { dialect, path, key, identity, attempt, model: String(body['model']), prompt: readPrompt(body), body };
}

function readPrompt(body: Readonly<Record<string, unknown>>): string {
  const { prompt, messages } = body as { prompt?: unknown; messages?: readonly { content?: unknown }[] };
  return String(prompt ?? messages?.at(-1)?.content ?? '');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
