import { backoffMs, readRetryAfter, type Backoff, type Clock } from '@dgt/core';

/** A second, then twice as long each time, up to a minute. */
export const hubBackoff: Backoff = { firstMs: 1000, longestMs: 60_000 };

/** Tries of one request, and of one upload: with the waiting between them, some ten minutes. */
export const hubTries = 15;

/** How long an answer may take, and what is sent to get there. @unit milliseconds */
const answerMs = 120_000;
const sendingMs = 3_600_000;

/** No answer came, however often the hub was asked. */
export class HubSilence extends Error {}

/**
 * Makes the function by which a hub is called. What may pass is tried again, after what the hub says or with growing pauses:
 * too many requests, a server that fails, a connection that is torn, also while the answer is read. A commit is only repeated
 * here when the hub has refused it unseen: whether another one failed can be known from what is there then.
 */
export function createHubFetch({ clock }: { readonly clock: Clock }): typeof fetch {
  return async (input, init = {}) => {
    const signal = init.signal ?? undefined;
    const url = String(input instanceof Request ? input.url : input);
    const isCommit = init.method === 'POST' && /\/commit\/[^/]+$/.test(new URL(url).pathname);
    for (let tries = 1; ; tries++) {
      let waitMs = backoffMs(tries - 1, hubBackoff);
      try {
        const response = await fetchWhole(input, init);
        if (!mayPass(response.status, isCommit) || tries >= hubTries) return response;
        waitMs = Math.max(waitMs, readWait(response.headers) ?? 0);
      } catch (error) {
        signal?.throwIfAborted();
        if (isCommit || tries >= hubTries) {
          const asked = tries === 1 ? 'asked once' : `asked ${tries} times`;
          throw new HubSilence(`${describeFailure(error)} (${asked})`, { cause: error });
        }
      }
      await clock.sleep(waitMs, signal);
    }
  };
}

/** The answer with all of its body: one that is cut off in the middle is a failure like any other. */
async function fetchWhole(input: string | URL | Request, init: RequestInit): Promise<Response> {
  const limit = AbortSignal.timeout(init.body === undefined || init.body === null ? answerMs : sendingMs);
  const signal = init.signal instanceof AbortSignal ? AbortSignal.any([init.signal, limit]) : limit;
  const response = await fetch(input, { ...init, signal });
  const { status, statusText, headers } = response;
  const body = await response.arrayBuffer();
  return new Response(status === 204 || status === 304 ? null : body, { status, statusText, headers });
}

function mayPass(status: number, isCommit: boolean): boolean {
  if (status === 429 || status === 503) return true;
  return !isCommit && (status === 408 || status >= 500);
}

/** How long the hub asks to wait; of its own header, until its next count begins. @unit milliseconds */
function readWait(headers: Headers): number | undefined {
  const next = /(?:^|;)\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  return readRetryAfter(headers) ?? (next === undefined ? undefined : Number(next) * 1000);
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  return cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || message : message;
}
