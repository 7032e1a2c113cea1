import type { Clock, LMClient, LMRequest } from '@dgt/core';
import { probeClient, type Probe, type ProbeMode } from './probe-client.js';

/** How models are probed. */
export interface ProbeOptions {
  /** One after the other, so that none slows another down. */
  readonly modes: readonly ProbeMode[];
  readonly signal: AbortSignal;
}

/** What asking a model at one of its endpoints came to. */
export interface EndpointProbe extends Probe {
  readonly provider: string;
  readonly model: string;
  /** Undefined where it is not known, since the key to it is missing. */
  readonly endpoint: string | undefined;
}

/** Makes the client of an endpoint, asks it in each mode, and closes it. What is in the way of making it is why it is down. */
export async function probeEndpoint(
  createClient: () => LMClient | Promise<LMClient>,
  request: LMRequest,
  { modes, ...options }: ProbeOptions & { readonly clock: Clock; readonly timeoutMs: number },
): Promise<EndpointProbe[]> {
  const { provider, model } = request;
  let client: LMClient;
  try {
    client = await createClient();
  } catch (error) {
    return modes.map((mode) => ({ provider, model, endpoint: undefined, mode, state: 'down', totalMs: 0, error }));
  }
  try {
    const probes: EndpointProbe[] = [];
    for (const mode of modes) {
      const probe = await probeClient(client, request, { ...options, mode });
      probes.push({ provider, model, endpoint: client.endpoint, ...probe });
    }
    return probes;
  } finally {
    await client.close();
  }
}
