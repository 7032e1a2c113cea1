import { drive, type DriveOptions } from '../../packages/llm/src/__fixtures__/drive.js';

type Case = readonly [name: string, options: DriveOptions, idealPerSecond: number];

const usual = { slots: 64, seconds: 60, latencyMs: 200 };

const cases: readonly Case[] = [
  ['100/s, bucket of 5', { ...usual, perSecond: 100, burst: 5 }, 100],
  ['100/s, bucket of 100', { ...usual, perSecond: 100, burst: 100 }, 100],
  ['100/s, answers of any length', { ...usual, sigma: 0.5, perSecond: 100, burst: 10 }, 100],
  [
    '100/s, answers of 5 s, 1,024 slots',
    { slots: 1024, seconds: 120, latencyMs: 5000, sigma: 0.5, perSecond: 100, burst: 10 },
    100,
  ],
  ['500/s, 256 slots', { ...usual, slots: 256, sigma: 0.3, perSecond: 500, burst: 50 }, 500],
  ['20/s', { ...usual, perSecond: 20, burst: 5 }, 20],
  ['100 in each second', { ...usual, perWindow: { requests: 100, windowMs: 1000 } }, 100],
  ['16 at once', { ...usual, atOnce: 16 }, 80],
  ['16 at once, answers of any length', { ...usual, sigma: 0.5, atOnce: 16 }, 80 / Math.exp(0.125)],
  [
    '600 a sliding minute, said in headers',
    { ...usual, seconds: 240, headers: true, perSlidingWindow: { requests: 600, windowMs: 60_000 } },
    10,
  ],
  ['rpm: 600', { ...usual, seconds: 240, rates: { rpm: 600 } }, 10],
];

/** What is used of a server's limits, and refused, over the second half of the time, which is virtual. */
export async function driveSimulated(): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, options, ideal] of cases) {
    const { server, startedAt } = await drive(options);
    const { accepted, refused } = server.count(startedAt + options.seconds * 500, startedAt + options.seconds * 1000);
    const used = accepted / (ideal * (options.seconds / 2));
    lines.push(
      `${name}: ${(used * 100).toFixed(1)} % used, ${((100 * refused) / (accepted + refused)).toFixed(2)} % refused`,
    );
  }
  return lines;
}
