import type { ResponseHeaders } from '@dgt/core';

/** A response that says no. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The server's own name for the cause, such as `context_length_exceeded`. */
  readonly reasonCode: string | undefined;

  constructor(message: string, options: { status: number; headers: ResponseHeaders; reasonCode?: string | undefined }) {
    super(message);
    this.name = 'HttpRefusal';
    this.status = options.status;
    this.headers = options.headers;
    this.reasonCode = options.reasonCode;
  }
}

/** Reads what a server says when it refuses, in the forms of the APIs that dgt knows, or the text of a proxy before it. */
export function readRefusal(status: number, text: string, headers: ResponseHeaders): HttpRefusal {
  const location = status >= 300 && status < 400 ? headers.get('location') : undefined;
  if (location) return new HttpRefusal(`it has moved to ${location}`, { status, headers });
  const { message, code } = readBody(text);
  return new HttpRefusal(message ?? text, { status, headers, reasonCode: code });
}

function readBody(text: string): { message?: string; code?: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  const { error, message, detail } = (body ?? {}) as { error?: unknown; message?: unknown; detail?: unknown };
  const inner = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const said = [inner['message'], error, message, detail].find((value) => typeof value === 'string' && value !== '');
  const code = [inner['code'], inner['type']].find((value) => typeof value === 'string');
  return {
    ...(said !== undefined && { message: said as string }),
    ...(code !== undefined && { code: code as string }),
  };
}
