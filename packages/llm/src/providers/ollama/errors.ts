import { ProviderError } from '@dgt/core';
import { mapHttpError, transportError, type ErrorScope } from '../http-error.js';
import { readTransportError } from '../transport-error.js';

/** A refusal of an Ollama server, read before the SDK does, which would print it. */
export class OllamaRefusal extends Error {
  readonly status: number;
  readonly headers: Headers;

  constructor(message: string, response: Response) {
    super(message);
    this.name = 'OllamaRefusal';
    this.status = response.status;
    this.headers = response.headers;
  }
}

/** Reads what Ollama says when it refuses: `{ "error": "..." }`, or the text of a proxy before it. */
export async function readRefusal(response: Response): Promise<OllamaRefusal> {
  const text = await response.text();
  return new OllamaRefusal(readMessage(text) ?? (text || response.statusText), response);
}

/** Says what a failure means for the run. What is neither the server's nor the network's comes back as it is. */
export function mapOllamaError(error: unknown, scope: ErrorScope): unknown {
  if (ProviderError.isInstance(error)) return error;
  if (error instanceof OllamaRefusal) return mapHttpError(scope, error);
  const failure = readTransportError(error);
  return failure === undefined ? error : transportError(scope, failure, error);
}

function readMessage(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
