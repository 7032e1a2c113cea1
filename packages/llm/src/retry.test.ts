import { ProviderError, usualBackoff, type LMAnswer } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { FakeClock } from './__fixtures__/fake-clock.js';
import { EndpointHealth } from './endpoints/endpoint-health.js';
import { retryCauses, type RetryCause } from './retry-policy.js';
import { callWithRetry, type RetryOptions } from './retry.js';

const answer: LMAnswer = { choices: [{ text: 'yes', finish_reason: 'stop' }], usage: {} };
const details = { provider: 'fake', endpoint: 'http://fake', reason: 'HTTP 500' };

function transient(options: { statusCode?: number; retryAfterMs?: number } = { statusCode: 500 }): ProviderError {
  return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, options);
}

interface SetUp {
  /** Whether others are answered meanwhile. */
  readonly others?: boolean;
  /** Whether the server says that it is ready when it is asked. */
  readonly isWell?: boolean;
  readonly maxRetries?: number;
  readonly maxOutageMs?: number;
  readonly causes?: readonly RetryCause[];
  readonly signal?: AbortSignal;
}

/** Retries a call whose tries end as listed, and then with an answer. */
function setUp(failures: readonly unknown[], options: SetUp = {}) {
  const { maxRetries = 5, maxOutageMs = 600_000, causes = retryCauses, isWell = false } = options;
  const { signal = new AbortController().signal } = options;
  const clock = new FakeClock();
  const health = new EndpointHealth(clock);
  let [tries, asked] = [0, 0];
  const attempt = async (): Promise<LMAnswer> => {
    const failure = failures[tries++];
    if (options.others) health.reportAnswer();
    if (failure === undefined) {
      health.reportAnswer();
      return answer;
    }
    if (ProviderError.isInstance(failure)) health.reportFailure(failure, 'this call');
    throw failure;
  };
  const throwIfOutage = (longestMs: number) => {
    if (health.outageMs >= longestMs) throw health.createOutageError();
  };
  const retry: RetryOptions = {
    service: {
      get answers() {
        return health.answers;
      },
      get outageMs() {
        return health.outageMs;
      },
      isUp: false,
      throwIfOutage,
    },
    clock,
    policy: { maxRetries, backoff: usualBackoff, causes: new Set(causes) },
    maxOutageMs,
    signal,
    isWell: () => {
      asked++;
      if (isWell) health.reportReady();
      return Promise.resolve(isWell);
    },
  };
  const run = () => callWithRetry(attempt, retry);
  return { run, clock, health, countTries: () => tries, countAsked: () => asked };
}

describe('callWithRetry', () => {
  it('tries again after transient failures, waiting longer each time, up to 30 s', async () => {
    const { run, clock } = setUp(Array.from({ length: 9 }, () => transient()));
    expect(await run()).toEqual(answer);
    const longest = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000];
    expect(clock.sleeps).toHaveLength(longest.length);
    clock.sleeps.forEach((slept, index) => {
      expect(slept).toBeGreaterThanOrEqual((longest[index] as number) / 2);
      expect(slept).toBeLessThanOrEqual(longest[index] as number);
    });
  });

  it('waits for as long as the server asks', async () => {
    const { run, clock } = setUp([transient({ statusCode: 429, retryAfterMs: 12_000 })]);
    await run();
    expect(clock.sleeps).toEqual([12_000]);
  });

  it('gives up a call that keeps failing while others are answered', async () => {
    const { run, countTries } = setUp(
      Array.from({ length: 99 }, () => transient()),
      { others: true, maxRetries: 3 },
    );
    await expect(run()).rejects.toMatchObject({
      code: 'DGT_PROVIDER_GAVE_UP',
      failure: 'permanent',
      message: 'fake at http://fake failed this call 4 times while it was otherwise well; last: HTTP 500',
    });
    expect(countTries()).toBe(4);
  });

  it('never counts a rate limit against a call', async () => {
    const limited = Array.from({ length: 50 }, () => transient({ statusCode: 429 }));
    const { run, countTries } = setUp(limited, { others: true, maxRetries: 0 });
    expect(await run()).toEqual(answer);
    expect(countTries()).toBe(51);
  });

  it('does not count the failures of an outage against a call', async () => {
    const { run } = setUp(
      Array.from({ length: 10 }, () => transient()),
      { maxRetries: 1 },
    );
    expect(await run()).toEqual(answer);
  });

  it('gives up the only call that is left, when the server says that it is ready', async () => {
    const failures = Array.from({ length: 99 }, () => transient());
    const { run, countTries, countAsked } = setUp(failures, { isWell: true, maxRetries: 3 });
    await expect(run()).rejects.toMatchObject({ code: 'DGT_PROVIDER_GAVE_UP', failure: 'permanent' });
    expect(countTries()).toBe(4);
    expect(countAsked()).toBe(1);
  });

  it('asks the server before it says that it is down, and gives such a call up in the end', async () => {
    const failures = Array.from({ length: 99 }, () => transient());
    const { run, countTries } = setUp(failures, { isWell: true, maxRetries: 7, maxOutageMs: 5000 });
    await expect(run()).rejects.toMatchObject({ code: 'DGT_PROVIDER_GAVE_UP' });
    expect(countTries()).toBe(8);
  });

  it('tries again only what it is told to', async () => {
    const only = { causes: ['rate_limit'] as const };
    const limited = setUp([transient({ statusCode: 429 })], only);
    expect(await limited.run()).toEqual(answer);
    const failed = setUp([transient({ statusCode: 500 })], only);
    await expect(failed.run()).rejects.toMatchObject({ code: 'DGT_PROVIDER_GAVE_UP', details: { tries: 1 } });
    const unreachable = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', { ...details, unreachable: true });
    const away = setUp([unreachable], only);
    expect(await away.run()).toEqual(answer);
  });

  it('ends with "down" when the endpoint answers nobody for too long, and not later', async () => {
    const { run, clock } = setUp(
      Array.from({ length: 999 }, () => transient()),
      { maxOutageMs: 60_000 },
    );
    const startedAt = clock.now();
    await expect(run()).rejects.toMatchObject({ code: 'DGT_ENDPOINT_DOWN', failure: 'down' });
    expect(clock.now() - startedAt).toBe(60_000);
  });

  it('does not wait for a Retry-After beyond the longest outage', async () => {
    const { run, clock } = setUp([transient({ statusCode: 429, retryAfterMs: 3_600_000 })], { maxOutageMs: 60_000 });
    await expect(run()).rejects.toMatchObject({ failure: 'down' });
    expect(clock.sleeps).toEqual([60_000]);
  });

  it('raises what will never pass at once', async () => {
    const refused = new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', { ...details, status: 400 });
    const mistake = new TypeError('a mistake in the provider');
    for (const error of [refused, mistake]) {
      const { run, clock } = setUp([error]);
      await expect(run()).rejects.toBe(error);
      expect(clock.sleeps).toEqual([]);
    }
  });

  it('stops waiting with the reason of the signal', async () => {
    const controller = new AbortController();
    const { run } = setUp([transient()], { signal: controller.signal });
    const running = run();
    controller.abort(new Error('cancelled by the user'));
    await expect(running).rejects.toThrow('cancelled by the user');
  });
});
