import { describe, expect, it } from 'vitest';
import { drive } from '../__fixtures__/drive.js';

type Options = Parameters<typeof drive>[0];

/** What was let through, to what could be, and what was refused, of all requests, over the second half of the time. */
async function settle(options: Options, idealPerSecond: number) {
  const { server, startedAt } = await drive(options);
  const endedAt = startedAt + options.seconds * 1000;
  const { accepted, refused } = server.count(startedAt + options.seconds * 500, endedAt);
  return { ofIdeal: accepted / (idealPerSecond * (options.seconds / 2)), wasted: refused / (accepted + refused) };
}

const rateLimited: [string, Options, number][] = [
  ['100 a second, in a small bucket', { slots: 64, seconds: 60, latencyMs: 200, perSecond: 100, burst: 5 }, 100],
  ['100 a second from a bucket', { slots: 64, seconds: 60, latencyMs: 200, perSecond: 100, burst: 100 }, 100],
  [
    '100 a second, answers of any length',
    { slots: 64, seconds: 60, latencyMs: 200, sigma: 0.5, perSecond: 100, burst: 10 },
    100,
  ],
  [
    '100 a second, slow answers',
    { slots: 1024, seconds: 120, latencyMs: 5000, sigma: 0.5, perSecond: 100, burst: 10 },
    100,
  ],
  ['500 a second', { slots: 256, seconds: 60, latencyMs: 200, sigma: 0.3, perSecond: 500, burst: 50 }, 500],
  ['20 a second', { slots: 64, seconds: 60, latencyMs: 200, perSecond: 20, burst: 5 }, 20],
  [
    '10 a second, 256 callers',
    { slots: 256, seconds: 120, latencyMs: 50, perSecond: 10, burst: 10, retryAfterMs: 1000 },
    10,
  ],
  ['100 in each second', { slots: 64, seconds: 60, latencyMs: 200, perWindow: { requests: 100, windowMs: 1000 } }, 100],
  [
    '100 in any second, far away',
    { slots: 64, seconds: 60, latencyMs: 100, travelMs: 20, perSlidingWindow: { requests: 100, windowMs: 1000 } },
    100,
  ],
];

const limitedAtOnce: [string, Options, number][] = [
  ['16 at once', { slots: 64, seconds: 60, latencyMs: 200, atOnce: 16 }, 80],
  [
    '16 at once, answers of any length',
    { slots: 64, seconds: 60, latencyMs: 200, sigma: 0.5, atOnce: 16 },
    80 / Math.exp(0.125),
  ],
  [
    '4 at once, slow answers',
    { slots: 64, seconds: 1200, latencyMs: 5000, sigma: 0.3, atOnce: 4 },
    0.8 / Math.exp(0.045),
  ],
];

describe('a limit that nobody told', () => {
  it.each([...rateLimited, ...limitedAtOnce])(
    '%s is used to 95 % with under 2 %% refused',
    async (_name, options, ideal) => {
      const { ofIdeal, wasted } = await settle(options, ideal);
      expect(ofIdeal).toBeGreaterThan(0.95);
      expect(wasted).toBeLessThan(0.02);
    },
  );

  it.each([
    [100, 200],
    [100, 50],
  ])('that changes from %i to %i a second is followed within ten seconds', async (before, after) => {
    const change = { atSeconds: 30, perSecond: after };
    const { server, startedAt } = await drive({
      slots: 64,
      seconds: 60,
      latencyMs: 200,
      perSecond: before,
      burst: 5,
      change,
    });
    const { accepted } = server.count(startedAt + 40_000, startedAt + 60_000);
    expect(accepted / 20).toBeGreaterThan(0.95 * after);
  });

  it('does not slow down where no request is refused: all slots are used at once', async () => {
    const { server, startedAt } = await drive({ slots: 64, seconds: 10, latencyMs: 200 });
    expect(server.count(startedAt, startedAt + 10).accepted).toBe(64);
    expect(server.arrivals.length / (64 * 50)).toBeGreaterThan(0.98);
  });

  it.each([0.03, 0.08, 0.25])(
    'keeps the slots of a server busy that refuses a share of %d at any rate',
    async (refusedShare) => {
      const { server, startedAt } = await drive({ slots: 64, seconds: 60, latencyMs: 200, refusedShare });
      const { accepted } = server.count(startedAt + 20_000, startedAt + 60_000);
      expect(accepted / (40 * 64 * 5)).toBeGreaterThan(0.85);
    },
  );

  it('finds the limit of a server that refuses some at any rate', async () => {
    const options = { slots: 64, seconds: 120, latencyMs: 200, refusedShare: 0.08, perSecond: 100, burst: 10 };
    const { ofIdeal, wasted } = await settle(options, 100);
    expect(ofIdeal).toBeGreaterThan(0.85);
    expect(wasted).toBeLessThan(0.2);
  });

  it('stops asking a server whose minute is used up until the time that it names', async () => {
    const perWindow = { requests: 600, windowMs: 60_000 };
    const { server, startedAt } = await drive({ slots: 64, seconds: 240, latencyMs: 200, perWindow });
    const { accepted, refused } = server.count(startedAt, startedAt + 240_000);
    expect(accepted).toBeGreaterThanOrEqual(4 * 600);
    expect(refused).toBeLessThan(0.08 * accepted);
  });
});
