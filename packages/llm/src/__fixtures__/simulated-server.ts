import { createRandom, type Clock, type ResponseHeaders } from '@dgt/core';

/** What a {@link SimulatedServer} allows. */
export interface ServerLimits {
  /** Requests a second, in a bucket that holds `burst` of them. */
  readonly perSecond?: number;
  readonly burst?: number;
  /** Requests in each window of this length, counted anew at its start. */
  readonly perWindow?: { readonly requests: number; readonly windowMs: number };
  /** Requests in any stretch of time of this length. */
  readonly perSlidingWindow?: { readonly requests: number; readonly windowMs: number };
  /** Requests in work at once. */
  readonly atOnce?: number;
  /** The share of requests that is refused whatever else comes. */
  readonly refusedShare?: number;
}

/** How a {@link SimulatedServer} behaves. */
export interface ServerBehaviour extends ServerLimits {
  readonly clock: Clock;
  readonly latencyMs: number;
  /** The spread of the latency (log-normal). */
  readonly sigma?: number;
  /** How long a request is on its way: this to twice as long. */
  readonly travelMs?: number;
  /** How long a refusal takes. */
  readonly refusalMs?: number;
  /** What a refusal asks for, where the server asks. */
  readonly retryAfterMs?: number;
}

/** A server in virtual time, which refuses what is over its limits. */
export class SimulatedServer {
  limits: ServerLimits;
  /** When each request arrived, and whether it was let in. */
  readonly arrivals: { at: number; accepted: boolean }[] = [];
  readonly #behaviour: ServerBehaviour;
  readonly #random = createRandom('server');
  #bucket: number;
  #filledAt: number;
  #window = { start: 0, count: 0 };
  #inWork = 0;
  #admitted: number[] = [];

  constructor(behaviour: ServerBehaviour) {
    this.#behaviour = behaviour;
    this.limits = behaviour;
    this.#bucket = behaviour.burst ?? 1;
    this.#filledAt = behaviour.clock.now();
  }

  /** Serves one request. @returns whether it was let in, when it may be asked again, and headers that tell the limits. */
  async serve(signal?: AbortSignal) {
    const { clock, latencyMs, sigma = 0, travelMs = 1, refusalMs = 5 } = this.#behaviour;
    // Requests travel at different speeds.
    await clock.sleep(travelMs * (1 + this.#random.next()), signal);
    const accepted = this.#letsIn(clock.now());
    this.arrivals.push({ at: clock.now(), accepted });
    if (!accepted) {
      await clock.sleep(refusalMs, signal);
      return { accepted, retryAfterMs: this.#retryAfterMs(), allowance: this.#allowance() };
    }
    this.#inWork++;
    const allowance = this.#allowance();
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random.next())) * Math.cos(2 * Math.PI * this.#random.next());
    await clock.sleep(latencyMs * Math.exp(sigma * normal), signal).finally(() => void this.#inWork--);
    return { accepted, retryAfterMs: undefined, allowance };
  }

  /** How many requests of a stretch of time were let in, and how many refused. */
  count(from: number, to: number): { accepted: number; refused: number } {
    const within = this.arrivals.filter(({ at }) => at >= from && at < to);
    const accepted = within.filter((arrival) => arrival.accepted).length;
    return { accepted, refused: within.length - accepted };
  }

  #allowance(): ResponseHeaders {
    const [limit, remaining, resetMs] = this.#level(this.#behaviour.clock.now());
    const headers = { limit, remaining, reset: `${resetMs}ms` };
    return new Headers(Object.entries(headers).map(([name, value]) => [`x-ratelimit-${name}-requests`, String(value)]));
  }

  #level(now: number): [limit: number, remaining: number, resetMs: number] {
    const { perWindow, perSlidingWindow, perSecond = 0, burst = 1 } = this.limits;
    if (perSlidingWindow !== undefined) {
      const { requests, windowMs } = perSlidingWindow;
      return [requests, requests - this.#admitted.length, (this.#admitted.at(-1) ?? now) + windowMs - now];
    }
    if (perWindow === undefined) return [burst, Math.floor(this.#bucket), ((burst - this.#bucket) / perSecond) * 1000];
    const { requests, windowMs } = perWindow;
    return [requests, requests - this.#window.count, this.#window.start + windowMs - now];
  }

  #retryAfterMs(): number | undefined {
    const { perWindow } = this.limits;
    if (perWindow === undefined) return this.#behaviour.retryAfterMs;
    return this.#window.start + perWindow.windowMs - this.#behaviour.clock.now();
  }

  #letsIn(now: number): boolean {
    const { perSecond, burst = 1, perWindow, perSlidingWindow, atOnce = Infinity, refusedShare = 0 } = this.limits;
    if (refusedShare > 0 && this.#random.next() < refusedShare) return false;
    if (this.#inWork >= atOnce) return false;
    if (perSlidingWindow !== undefined) {
      this.#admitted = this.#admitted.filter((at) => at > now - perSlidingWindow.windowMs);
      if (this.#admitted.length >= perSlidingWindow.requests) return false;
      this.#admitted.push(now);
    }
    if (perWindow !== undefined) {
      const start = now - (now % perWindow.windowMs);
      if (start !== this.#window.start) this.#window = { start, count: 0 };
      if (this.#window.count >= perWindow.requests) return false;
      this.#window.count++;
    }
    if (perSecond !== undefined) {
      this.#bucket = Math.min(burst, this.#bucket + ((now - this.#filledAt) / 1000) * perSecond);
      this.#filledAt = now;
      if (this.#bucket < 1) return false;
      this.#bucket--;
    }
    return true;
  }
}
