import { describe, expect, it } from 'vitest';
import type { FakeRequest } from './fake-request.js';
import { drawLatencyMs } from './latency.js';

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
});
