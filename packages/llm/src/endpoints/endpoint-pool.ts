import { DgtError, ProviderError, type Availability, type Clock } from '@dgt/core';
import { unwatch, watch, type Abortable } from '../limits/abort-watch.js';
import { Alarm } from '../limits/alarm.js';
import type { Endpoint } from './endpoint.js';

/** The endpoint that a try goes to. */
export interface Admission {
  readonly endpoint: Endpoint;
  /** Whether the try finds out if the endpoint is back. */
  readonly isProbe: boolean;
}

interface Waiter extends Abortable {
  wake(): void;
}

/** How a pool behaves. */
export interface PoolOptions {
  readonly clock: Clock;
  /** For how long all endpoints may answer nobody. @unit milliseconds */
  readonly maxOutageMs: number;
  /** Asks an endpoint whether the model can be called, within a time that is short. */
  check(endpoint: Endpoint): Promise<Availability>;
}

/**
 * The endpoints that serve one model to one block. A try goes to the one with the most room of those that are up; one that is
 * down is asked now and then whether it is back. When all are down, one try at a time finds out, and the others wait.
 */
export class EndpointPool {
  readonly #open: readonly Admission[];
  readonly #probe: readonly Admission[];
  readonly #options: PoolOptions;
  readonly #waiting = new Set<Waiter>();
  readonly #alarm: Alarm;

  /** @param endpoints at least one. */
  constructor(endpoints: readonly Endpoint[], options: PoolOptions) {
    this.#open = endpoints.map((endpoint) => ({ endpoint, isProbe: false }));
    this.#probe = endpoints.map((endpoint) => ({ endpoint, isProbe: true }));
    this.#options = options;
    const wakeAll = () => this.#wakeAll();
    this.#alarm = new Alarm(options.clock, wakeAll);
    for (const { health } of endpoints) health.onChange(wakeAll);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#open.map(({ endpoint }) => endpoint);
  }

  /** How many calls were answered. */
  get answers(): number {
    return this.#open.reduce((sum, { endpoint }) => sum + endpoint.health.answers, 0);
  }

  /** Whether a try can go out now. */
  get isUp(): boolean {
    return this.#open.some(({ endpoint }) => !endpoint.health.down);
  }

  /** For how long nobody was answered by any. @unit milliseconds */
  get outageMs(): number {
    return Math.min(...this.#open.map(({ endpoint }) => endpoint.health.outageMs));
  }

  /** @throws {@link ProviderError} `down`, DGT_ENDPOINT_DOWN, when nobody was answered for this long. */
  throwIfOutage(maxOutageMs: number = this.#options.maxOutageMs): void {
    const { health } = (this.#open[0] as Admission).endpoint;
    if (health.outageMs === 0 || this.outageMs < maxOutageMs) return;
    throw health.createOutageError();
  }

  /**
   * Lets a try through: at once while an endpoint is up, one after the other while all are down.
   *
   * @returns where it goes, or a promise of it; to be given to {@link leave} when the try is over.
   * @throws as {@link throwIfOutage}; the signal's reason.
   */
  admit(signal: AbortSignal): Admission | Promise<Admission> {
    return this.#choose() ?? this.#wait(signal);
  }

  leave({ endpoint, isProbe }: Admission): void {
    if (isProbe) endpoint.health.endProbe();
  }

  #choose(): Admission | undefined {
    const [only] = this.#open;
    if (this.#open.length === 1 && !(only as Admission).endpoint.health.down) return only;
    let best: Admission | undefined;
    for (const admission of this.#open) {
      if (admission.endpoint.health.down) continue;
      if (best === undefined || roomOf(admission.endpoint) > roomOf(best.endpoint)) best = admission;
    }
    if (best !== undefined) this.#checkDown();
    return (
      best ??
      this.#probe.find(({ endpoint }) => this.outageMs < this.#options.maxOutageMs && endpoint.health.startProbe())
    );
  }

  async #wait(signal: AbortSignal): Promise<Admission> {
    for (;;) {
      signal.throwIfAborted();
      this.throwIfOutage();
      const admission = this.#choose();
      if (admission !== undefined) return admission;
      await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    const times = this.#open.map(({ endpoint }) => endpoint.health.nextProbeAt);
    // While a probe is under way its end is waited for, however it goes.
    if (times.every((time) => time !== undefined)) {
      this.#alarm.set(Math.min(...times, this.#options.clock.now() + this.#options.maxOutageMs - this.outageMs));
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        wake: () => {
          unwatch(signal, waiter);
          resolve();
        },
        abort: (reason) => {
          this.#waiting.delete(waiter);
          if (this.#waiting.size === 0) this.#alarm.clear();
          reject(reason as Error);
        },
      };
      watch(signal, waiter);
      this.#waiting.add(waiter);
    });
  }

  #wakeAll(): void {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) waiter.wake();
  }

  /** Asks those that are down whether they are back, while others serve, so that no call has to find out. */
  #checkDown(): void {
    for (const { endpoint } of this.#open) {
      if (endpoint.health.down && endpoint.health.startProbe()) void this.#checkOne(endpoint);
    }
  }

  async #checkOne(endpoint: Endpoint): Promise<void> {
    const { health } = endpoint;
    try {
      const availability = await this.#options.check(endpoint);
      if (availability.available) health.reportReady();
      else health.reportFailure(toFailure(availability.reason));
    } catch (error) {
      // A wrong key too: others serve, and the endpoint stays away.
      health.reportFailure(toFailure(DgtError.isInstance(error) ? error.message : String(error)));
    } finally {
      health.endProbe();
    }
  }
}

/** The share of an endpoint that nobody uses or waits for. */
function roomOf({ limiter }: Endpoint): number {
  return 1 - (limiter.used + limiter.waiting) / limiter.capacity;
}

function toFailure(reason: string): ProviderError {
  return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', { reason, unreachable: true });
}
