import { ProviderError, type Availability, type LMClient } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../__fixtures__/fake-clock.js';
import { AnswerTimes } from '../limits/answer-times.js';
import { Limiter } from '../limits/limiter.js';
import { TokenEstimate } from '../limits/token-estimate.js';
import { EndpointHealth } from './endpoint-health.js';
import { EndpointPool } from './endpoint-pool.js';
import type { Endpoint } from './endpoint.js';

const refused = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', { reason: 'refused', unreachable: true });
const signal = new AbortController().signal;

/** Lets every promise that is ready go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function open(slots: readonly number[], options: { maxOutageMs?: number; check?: () => Promise<Availability> } = {}) {
  const { maxOutageMs = 600_000, check = () => Promise.resolve({ available: true }) } = options;
  const clock = new FakeClock();
  const endpoints = slots.map((count, index): Endpoint => {
    const client = { endpoint: `http://${index}`, model: 'm' } as LMClient;
    const limiter = new Limiter({ clock, slots: count });
    const health = new EndpointHealth(clock);
    return { client, limiter, health, tokens: new TokenEstimate(), times: new AnswerTimes() };
  });
  return { clock, endpoints, pool: new EndpointPool(endpoints, { clock, maxOutageMs, check }) };
}

function only(endpoints: readonly Endpoint[]): EndpointHealth {
  return (endpoints[0] as Endpoint).health;
}

describe('an EndpointPool of one', () => {
  it('lets calls through side by side, without a promise, while it answers', () => {
    const { pool } = open([1]);
    for (let count = 0; count < 3; count++) expect(pool.admit(signal)).toMatchObject({ isProbe: false });
  });

  it('lets one call at a time probe when it refuses connections, and all when it answers again', async () => {
    const { pool, endpoints, clock } = open([1]);
    const health = only(endpoints);
    health.reportFailure(refused);
    let [working, most, probes] = [0, 0, 0];
    const call = async () => {
      for (;;) {
        const admission = await pool.admit(signal);
        most = Math.max(most, ++working);
        if (admission.isProbe) probes++;
        await settle();
        working--;
        const isAnswered = !admission.isProbe || probes === 5;
        if (isAnswered) health.reportAnswer();
        else health.reportFailure(refused);
        pool.leave(admission);
        if (isAnswered) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, call));
    expect(probes).toBe(5);
    expect(most).toBe(19);
    expect(clock.sleeps.every((slept) => slept > 0)).toBe(true);
  });

  it('tells every waiting call when the outage has lasted too long', async () => {
    const { pool, endpoints } = open([1], { maxOutageMs: 10_000 });
    const health = only(endpoints);
    health.reportFailure(refused);
    const calls = Array.from({ length: 5 }, async () => {
      for (;;) {
        const admission = await pool.admit(signal);
        health.reportFailure(refused);
        pool.leave(admission);
      }
    });
    for (const end of await Promise.allSettled(calls)) {
      expect(end).toMatchObject({ reason: { code: 'DGT_ENDPOINT_DOWN', failure: 'down' } });
    }
    expect(health.outageMs).toBe(10_000);
  });

  it('lets a waiting call go when it is aborted, and the next one probes', async () => {
    const { pool, endpoints } = open([1]);
    only(endpoints).reportFailure(refused);
    const controller = new AbortController();
    const gone = [pool.admit(controller.signal), pool.admit(controller.signal)];
    const next = pool.admit(signal);
    const ends = Promise.allSettled(gone);
    controller.abort(new Error('cancelled'));
    for (const end of await ends) expect(end).toMatchObject({ reason: { message: 'cancelled' } });
    expect(await next).toMatchObject({ isProbe: true });
  });
});

describe('an EndpointPool of several', () => {
  it('sends each call where most room is', async () => {
    const { pool, endpoints } = open([2, 6]);
    const chosen: number[] = [];
    for (let age = 0; age < 8; age++) {
      const { endpoint } = await pool.admit(signal);
      await endpoint.limiter.enter({ task: 't', age, tokens: 0, signal });
      chosen.push(endpoints.indexOf(endpoint));
    }
    expect(chosen.filter((index) => index === 0)).toHaveLength(2);
    expect(endpoints.map(({ limiter }) => limiter.used)).toEqual([2, 6]);
  });

  it('leaves out one that is down, asks it now and then, and uses it again when it is ready', async () => {
    let isReady = false;
    let asked = 0;
    const check = (): Promise<Availability> => {
      asked++;
      return Promise.resolve(isReady ? { available: true } : { available: false, reason: 'still loading' });
    };
    const { pool, endpoints, clock } = open([9, 1], { check });
    const [first, second] = endpoints;
    first?.health.reportFailure(refused);
    const choose = async () => {
      const admission = await pool.admit(signal);
      await settle();
      return admission;
    };
    expect(await choose()).toEqual({ endpoint: second, isProbe: false });
    expect(asked).toBe(0);
    clock.advance(1000);
    expect(await choose()).toEqual({ endpoint: second, isProbe: false });
    expect(await choose()).toEqual({ endpoint: second, isProbe: false });
    expect(asked).toBe(1);
    isReady = true;
    clock.advance(60_000);
    await choose();
    expect(await choose()).toEqual({ endpoint: first, isProbe: false });
    expect(asked).toBe(2);
  });

  it('ends only when all are down for too long', () => {
    const { pool, endpoints, clock } = open([1, 1], { maxOutageMs: 10_000 });
    endpoints[0]?.health.reportFailure(refused);
    clock.advance(60_000);
    pool.throwIfOutage();
    endpoints[1]?.health.reportFailure(refused);
    clock.advance(9999);
    pool.throwIfOutage();
    clock.advance(1);
    expect(() => pool.throwIfOutage()).toThrow(expect.objectContaining({ code: 'DGT_ENDPOINT_DOWN' }));
  });
});
