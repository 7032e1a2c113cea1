import { describe, expect, it } from 'vitest';
import { drive, mostWithin } from '../__fixtures__/drive.js';

describe('rpm', () => {
  it.each([1, 7, 60, 600, 6000])('%i is never exceeded in any minute, and nearly reached in each', async (rpm) => {
    const { server, startedAt } = await drive({
      slots: 256,
      seconds: 300,
      latencyMs: 300,
      sigma: 0.5,
      travelMs: 300,
      rates: { rpm },
    });
    // As the server sees them, whatever the way takes.
    const arrivals = server.arrivals.map(({ at }) => at);
    expect(mostWithin(arrivals, 60_000)).toBeLessThanOrEqual(rpm);
    for (let minute = 1; minute < 4; minute++) {
      const { accepted } = server.count(startedAt + minute * 60_000, startedAt + (minute + 1) * 60_000);
      expect(accepted).toBeGreaterThanOrEqual(Math.floor((rpm * 58) / 60));
    }
  });
});

describe('tpm', () => {
  it.each([
    ['small requests', 20],
    ['requests of a tenth of it', 1000],
  ])('is never exceeded in any minute, and mostly used, by %s', async (_name, tokens) => {
    const tpm = 10_000;
    const { server } = await drive({
      slots: 16,
      seconds: 300,
      latencyMs: 300,
      rates: { tpm },
      tokens: () => ({ estimate: tokens, actual: tokens }),
    });
    const most =
      mostWithin(
        server.arrivals.map(({ at }) => at),
        60_000,
      ) * tokens;
    expect(most).toBeLessThanOrEqual(tpm);
    expect(server.arrivals.length * tokens).toBeGreaterThan(0.88 * tpm * 5);
  });

  it('is kept by what answers took when the estimates are wrong', async () => {
    for (const actual of [50, 400]) {
      const tokens = () => ({ estimate: 200, actual });
      const { server, startedAt } = await drive({
        slots: 32,
        seconds: 300,
        latencyMs: 200,
        rates: { tpm: 60_000 },
        tokens,
      });
      const used = (server.count(startedAt, startedAt + 300_000).accepted * actual) / 5;
      expect(used).toBeGreaterThan(0.9 * 60_000);
      expect(used).toBeLessThan(1.02 * 60_000);
    }
  });
});

describe('what headers say', () => {
  it.each([
    ['a window', { perWindow: { requests: 600, windowMs: 60_000 } }],
    ['a sliding minute', { perSlidingWindow: { requests: 600, windowMs: 60_000 } }],
    ['a bucket', { perSecond: 10, burst: 600 }],
  ])('keeps within %s of 600 a minute with hardly a refusal, and uses it up', async (_name, limits) => {
    const { server, startedAt } = await drive({
      slots: 64,
      seconds: 240,
      latencyMs: 200,
      sigma: 0.3,
      headers: true,
      ...limits,
    });
    const { accepted, refused } = server.count(startedAt, startedAt + 240_000);
    expect(refused).toBeLessThan(accepted / 400);
    expect(accepted).toBeGreaterThan(0.95 * 600 * 4);
    // A small run is not slowed down.
    expect(server.count(startedAt, startedAt + 3000).accepted).toBeGreaterThan(300);
  });
});
