import { hash } from 'node:crypto';
import type { Wish } from './wish.js';

/** Which API a request was made to. */
export type Dialect = 'openai' | 'anthropic' | 'ollama';

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
  /** A hash of key and body: the same for the same call whoever makes it and whenever. Each of several choices has one. */
  readonly identity: string;
  /** What the request asks for, whichever API it came by. */
  readonly wish: Wish;
}

/** Reads a request for an answer from its parts. */
export function readFakeRequest(parts: {
  readonly dialect: Dialect;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly wish: Wish;
  countAttempt(identity: string): number;
}): FakeRequest {
  const { dialect, path, text, body, wish } = parts;
  const key = parts.idempotencyKey ?? shortHash(text);
  const identity = shortHash(`${key}\n${text}`);
  const attempt = parts.countAttempt(identity);
  const prompt = wish.prompts.at(-1) ?? '';
  return { dialect, path, key, identity, attempt, model: String(body['model']), prompt, body, wish };
}

/** Names a text by 128 bits of its hash. */
export function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 32);
}
