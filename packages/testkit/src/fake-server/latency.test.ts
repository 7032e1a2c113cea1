import { describe, expect, it } from 'vitest';
import type { FakeRequest } from './fake-request.js';
import { drawLatencyMs, type Latency } from './latency.js';

const requests = Array.from({ length: 2000 }, (_, index) => ({ identity: `call ${index}`, attempt: 1 }) as FakeRequest);

describe('drawLatencyMs', () => {
  it('gives a fixed latency as it is', () => {
    expect(drawLatencyMs(requests[0] as FakeRequest, 25)).toBe(25);
  });

  it('spreads latencies around the median with a long tail, the same each time', () => {
    const latency = { medianMs: 100, sigma: 0.5 };
    const drawn = requests.map((request) => drawLatencyMs(request, latency)).sort((a, b) => a - b);
    expect(drawn[1000]).toBeGreaterThan(93);
    expect(drawn[1000]).toBeLessThan(107);
    expect(drawn[1980]).toBeGreaterThan(270);
    expect(drawLatencyMs(requests[7] as FakeRequest, latency)).toBe(drawLatencyMs(requests[7] as FakeRequest, latency));
  });

  it('spreads latencies between two percentiles, or evenly', () => {
    const draw = (latency: Latency) => requests.map((request) => drawLatencyMs(request, latency)).sort((a, b) => a - b);
    const spread = draw({ p50Ms: 100, p99Ms: 1000 });
    expect(spread[1000]).toBeGreaterThan(85);
    expect(spread[1000]).toBeLessThan(115);
    expect(spread[1980]).toBeGreaterThan(750);
    expect(spread[1980]).toBeLessThan(1350);
    const even = draw({ minMs: 10, maxMs: 20 });
    expect([even[0], even[1999]].map((value) => Math.round(value as number))).toEqual([10, 20]);
    expect(Math.abs((even[1000] as number) - 15)).toBeLessThan(0.5);
  });

  it('makes some tries ten times as slow', () => {
    const drawn = requests.map((request) => drawLatencyMs(request, { constantMs: 5, slowShare: 0.1 }));
    expect(new Set(drawn)).toEqual(new Set([5, 50]));
    const slow = drawn.filter((value) => value === 50).length;
    expect(slow).toBeGreaterThan(150);
    expect(slow).toBeLessThan(250);
  });
});
