import { randomUUID } from 'node:crypto';
import { ProviderError, type Clock, type LMClient, type LMRequest } from '@dgt/core';
import { DeadlineError, withDeadline } from '../deadline.js';
import { canStream } from './streaming-client.js';

/** How a model is asked: for a whole answer, or for one that comes piece by piece. */
export type ProbeMode = 'non-stream' | 'stream';

/** What asking a model once came to. */
export interface Probe {
  readonly mode: ProbeMode;
  /** `unsupported`: its provider has no such mode here, which is no fault of the model. */
  readonly state: 'up' | 'down' | 'unsupported';
  /** Until the first piece of a streamed answer. @unit milliseconds */
  readonly firstTokenMs?: number;
  /** Until the end of the answer, or until it failed. @unit milliseconds */
  readonly totalMs: number;
  /** Why it is down. */
  readonly error?: unknown;
}

/** Asks a model once, without retries. */
export async function probeClient(
  client: LMClient,
  request: LMRequest,
  options: { mode: ProbeMode; timeoutMs: number; clock: Clock; signal: AbortSignal },
): Promise<Probe> {
  const { mode, timeoutMs, clock, signal } = options;
  if (mode === 'stream' && !canStream(client)) return { mode, state: 'unsupported', totalMs: 0 };
  const startedAt = clock.now();
  let firstTokenMs: number | undefined;
  const noteToken = () => {
    firstTokenMs ??= clock.now() - startedAt;
  };
  try {
    await withDeadline<unknown>({ limitMs: timeoutMs, signal }, (running) => {
      // Another key each time: an answer that a server remembers proves nothing.
      const call = { idempotencyKey: randomUUID(), seed: 0, age: 0, stopping: signal, onTry: () => {} };
      const context = { ...call, signal: running.signal };
      return mode === 'stream' && canStream(client)
        ? client.stream(request, context, noteToken)
        : client.complete(request, context);
    });
    const totalMs = clock.now() - startedAt;
    return { mode, state: 'up', totalMs, ...(firstTokenMs !== undefined && { firstTokenMs }) };
  } catch (error) {
    signal.throwIfAborted();
    return { mode, state: 'down', totalMs: clock.now() - startedAt, error: explain(error, client, request) };
  }
}

function explain(error: unknown, { endpoint }: LMClient, { provider }: LMRequest): unknown {
  if (!(error instanceof DeadlineError)) return error;
  const details = { provider, endpoint, reason: error.message };
  return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, { cause: error });
}
