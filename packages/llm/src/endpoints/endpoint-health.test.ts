import { ProviderError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../__fixtures__/fake-clock.js';
import { EndpointHealth } from './endpoint-health.js';

const where = { provider: 'openai', endpoint: 'http://here' };
const refused = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', {
  ...where,
  reason: 'refused',
  unreachable: true,
});
const failed = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', where, { statusCode: 500 });
const limited = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', where, { statusCode: 429 });

describe('EndpointHealth', () => {
  it('counts as down after many failures of several calls in a row, but not for limiting the rate', () => {
    const health = new EndpointHealth(new FakeClock());
    for (let count = 0; count < 50; count++) health.reportFailure(limited, `call ${count}`);
    expect(health.down).toBe(false);
    health.reportAnswer();
    for (let count = 0; count < 7; count++) health.reportFailure(failed, `call ${count}`);
    expect(health.down).toBe(false);
    health.reportFailure(failed, 'call 7');
    expect(health.down).toBe(true);
  });

  it('does not count as down for a few calls that fail and fail', () => {
    const health = new EndpointHealth(new FakeClock());
    for (let count = 0; count < 50; count++) health.reportFailure(failed, `call ${count % 3}`);
    expect(health).toMatchObject({ down: false, fewFail: true });
  });

  it('says once that it is down and when it is tried again, and once that it is back', () => {
    const clock = new FakeClock();
    const said: [string, string, object][] = [];
    const health = new EndpointHealth(clock, (...words) => said.push(words));
    for (let count = 0; count < 5; count++) {
      health.reportFailure(refused, `call ${count}`);
      clock.advance(1000);
    }
    health.reportAnswer();
    health.reportAnswer();
    expect(said).toEqual([
      [
        'warning',
        'openai at http://here did not answer: refused; calls wait, and it is tried again in 1 s and then at growing intervals',
        { event: 'endpoint_down', nextTryAt: expect.stringMatching(/^1970-.*Z$/) },
      ],
      ['info', 'openai at http://here answers again after 5 s', { event: 'endpoint_up' }],
    ]);
  });

  it('is up again with the first answer, and when it says that it is ready', () => {
    const health = new EndpointHealth(new FakeClock());
    health.reportFailure(refused);
    health.reportReady();
    expect(health).toMatchObject({ down: false, outageMs: 0, answers: 0 });
    health.reportFailure(refused);
    health.reportAnswer();
    expect(health).toMatchObject({ down: false, outageMs: 0, answers: 1 });
  });

  it('is probed by one at a time, at growing intervals', () => {
    const clock = new FakeClock();
    const health = new EndpointHealth(clock);
    health.reportFailure(refused);
    expect(health.startProbe()).toBe(false);
    const waits: number[] = [];
    for (let count = 0; count < 4; count++) {
      const waitMs = (health.nextProbeAt as number) - clock.now();
      waits.push(waitMs);
      clock.advance(waitMs);
      expect([health.startProbe(), health.startProbe()]).toEqual([true, false]);
      health.reportFailure(refused);
      health.endProbe();
    }
    expect(waits[3]).toBeGreaterThan((waits[0] as number) * 3);
  });
});
