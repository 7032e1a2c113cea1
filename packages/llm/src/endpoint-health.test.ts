import { setMaxListeners } from 'node:events';
import { ProviderError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { FakeClock } from './__fixtures__/fake-clock.js';
import { EndpointHealth } from './endpoint-health.js';

const refused = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', { reason: 'refused', unreachable: true });
const failed = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', { reason: 'HTTP 500' }, { statusCode: 500 });
const limited = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', {}, { statusCode: 429 });
const signal = new AbortController().signal;
setMaxListeners(0, signal);
const admission = { signal, maxOutageMs: 600_000 };

/** Lets every promise that is ready go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('EndpointHealth', () => {
  it('lets calls through side by side while the endpoint answers', async () => {
    const health = new EndpointHealth(new FakeClock());
    await Promise.all([health.admit(admission), health.admit(admission), health.admit(admission)]);
    expect(health.down).toBe(false);
  });

  it('lets one call at a time probe an endpoint that refuses connections', async () => {
    const clock = new FakeClock();
    const health = new EndpointHealth(clock);
    health.reportFailure(refused);
    let probing = 0;
    let most = 0;
    let probes = 0;
    const call = async () => {
      for (;;) {
        const leave = await health.admit(admission);
        most = Math.max(most, ++probing);
        await settle();
        probing--;
        if (!health.down || ++probes === 5) {
          health.reportAnswer();
          leave();
          return;
        }
        health.reportFailure(refused);
        leave();
      }
    };
    await Promise.all(Array.from({ length: 20 }, call));
    expect(probes).toBe(5);
    // All waiting calls go at once when the probe is answered.
    expect(most).toBe(19);
    expect(clock.sleeps.every((slept) => slept > 0)).toBe(true);
  });

  it('counts as down after many failures in a row, but not for limiting the rate', () => {
    const health = new EndpointHealth(new FakeClock());
    for (let count = 0; count < 50; count++) health.reportFailure(limited);
    expect(health.down).toBe(false);
    health.reportAnswer();
    for (let count = 0; count < 7; count++) health.reportFailure(failed);
    expect(health.down).toBe(false);
    health.reportFailure(failed);
    expect(health.down).toBe(true);
  });

  it('is up again with the first answer', async () => {
    const health = new EndpointHealth(new FakeClock());
    health.reportFailure(refused);
    const leave = await health.admit(admission);
    const waiting = [health.admit(admission), health.admit(admission)];
    health.reportAnswer();
    await Promise.all(waiting);
    leave();
    expect(health).toMatchObject({ down: false, outageMs: 0, answers: 1 });
  });

  it('tells every waiting call when the outage has lasted too long', async () => {
    const clock = new FakeClock();
    const health = new EndpointHealth(clock);
    health.reportFailure(refused);
    const calls = Array.from({ length: 5 }, async () => {
      for (;;) {
        const leave = await health.admit({ signal, maxOutageMs: 10_000 });
        health.reportFailure(refused);
        leave();
      }
    });
    const ends = await Promise.allSettled(calls);
    for (const end of ends) expect(end).toMatchObject({ reason: { code: 'DGT_ENDPOINT_DOWN', failure: 'down' } });
    expect(health.outageMs).toBe(10_000);
  });

  it('lets a waiting call go when it is aborted, and the next one probes', async () => {
    const health = new EndpointHealth(new FakeClock());
    health.reportFailure(refused);
    const controller = new AbortController();
    const prober = health.admit({ signal: controller.signal, maxOutageMs: 600_000 });
    const waiter = health.admit({ signal: controller.signal, maxOutageMs: 600_000 });
    const next = health.admit(admission);
    const ends = Promise.allSettled([prober, waiter]);
    controller.abort(new Error('cancelled'));
    for (const end of await ends) expect(end).toMatchObject({ reason: { message: 'cancelled' } });
    await expect(next).resolves.toBeTypeOf('function');
  });
});
