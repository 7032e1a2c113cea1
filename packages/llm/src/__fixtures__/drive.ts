import { backoffMs } from '@dgt/core';
import { Limiter, type DeclaredRates } from '../limits/limiter.js';
import { SimulatedServer, type ServerBehaviour } from './simulated-server.js';
import { VirtualClock } from './virtual-clock.js';

/** How {@link drive} calls a server. */
export interface DriveOptions extends Omit<ServerBehaviour, 'clock'> {
  readonly slots: number;
  readonly seconds: number;
  readonly rates?: DeclaredRates;
  /** What each request is expected to take, and takes. */
  readonly tokens?: () => { readonly estimate: number; readonly actual: number };
  /** Whether answers have headers that tell the limits. */
  readonly headers?: boolean;
  readonly change?: { readonly atSeconds: number; readonly perSecond: number };
}

const signal = new AbortController().signal;

/** Calls a simulated server through a limiter, with twice as many callers as slots, for some virtual time. */
export async function drive(options: DriveOptions) {
  const { slots, seconds, rates = {}, tokens, headers = false, change } = options;
  const clock = new VirtualClock();
  const server = new SimulatedServer({ ...options, clock });
  const limiter = new Limiter({ clock, slots });
  limiter.declare(rates);
  const startedAt = clock.now();
  const endsAt = startedAt + seconds * 1000;
  const call = async (age: number) => {
    for (let failures = 0; clock.now() < endsAt;) {
      const { estimate, actual } = tokens?.() ?? { estimate: 0, actual: 0 };
      const passage = await limiter.enter({ task: 'task', age, tokens: estimate, signal });
      const { accepted, retryAfterMs, allowance } = await server.serve();
      if (headers) limiter.observe(allowance);
      limiter.leave(passage, { outcome: accepted ? 'answered' : 'refused', retryAfterMs, tokens: actual });
      failures = accepted ? 0 : failures + 1;
      if (failures > 0) await clock.sleep(Math.max(backoffMs(failures - 1), retryAfterMs ?? 0));
    }
  };
  if (change !== undefined) {
    const { atSeconds, perSecond } = change;
    void clock.sleep(atSeconds * 1000).then(() => void (server.limits = { ...server.limits, perSecond }));
  }
  await clock.run(Promise.all(Array.from({ length: slots * 2 }, (_, age) => call(age))));
  return { server, limiter, startedAt };
}

/** The most of these moments that lie within any stretch of so many milliseconds. */
export function mostWithin(times: readonly number[], milliseconds: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  sorted.forEach((time, index) => {
    while ((sorted[first] as number) <= time - milliseconds) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
