import { ProviderError, type Availability, type CallContext, type LMAnswer, type LMClient } from '@dgt/core';
import type { BlockServices, LMRequest, TryRecord } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { createTestServices } from './__fixtures__/services.js';
import { VirtualClock } from './__fixtures__/virtual-clock.js';
import { mostWithin } from './__fixtures__/drive.js';
import { readCallSettings } from './call-settings.js';
import { ModelCaller } from './model-caller.js';

const answer: LMAnswer = { choices: [{ text: 'yes', finish_reason: 'stop' }], usage: { completion_tokens: 10 } };
const where = { provider: 'fake', endpoint: 'http://one' };
const unreachable = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', {
  ...where,
  reason: 'refused',
  unreachable: true,
});
const broken = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', where, { statusCode: 500 });
const never = new AbortController().signal;

/** A server in virtual time, which tests break and mend. */
class ScriptedClient implements LMClient {
  readonly endpoint: string;
  readonly model = 'm';
  readonly seen: { readonly at: number; readonly input: string }[] = [];
  availability: Availability = { available: true };
  /** What becomes of a request; undefined is answered. */
  fail: (input: string) => ProviderError | undefined = () => undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, endpoint = 'http://one') {
    this.#clock = clock;
    this.endpoint = endpoint;
  }

  async complete({ input }: LMRequest): Promise<LMAnswer> {
    this.seen.push({ at: this.#clock.now(), input: String(input) });
    await this.#clock.sleep(100);
    const error = this.fail(String(input));
    if (error !== undefined) throw error;
    return answer;
  }

  checkAvailability(): Promise<Availability> {
    return Promise.resolve(this.availability);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function openServices() {
  const clock = new VirtualClock();
  return { ...createTestServices({ clock }), clock };
}

function open(
  clients: readonly LMClient[],
  services: BlockServices,
  config: Record<string, unknown> = {},
  block = 'b',
) {
  const settings = readCallSettings({ call_limit: 10, max_outage: 600, ...config } as never, {
    block,
    provider: 'fake',
    services,
  });
  return new ModelCaller(
    clients.map((client) => ({ client, callLimit: settings.callLimit })),
    settings,
  );
}

function ask(caller: ModelCaller, input: string, context: Partial<CallContext> & { tries?: TryRecord[] } = {}) {
  const request: LMRequest = { version: 2, provider: 'fake', model: 'm', method: 'completion', input, parameters: {} };
  return caller.call(request, {
    idempotencyKey: input,
    seed: 1,
    signal: never,
    stopping: never,
    age: 0,
    onTry: (record) => void context.tries?.push(record),
    ...context,
  });
}

const many = (caller: ModelCaller, count: number, name = 'call') =>
  Array.from({ length: count }, (_, age) => ask(caller, `${name} ${age}`, { age, task: name }));

describe('a lone call that fails for ever', () => {
  it('ends as an error of its own while others are answered', async () => {
    const { clock, services } = openServices();
    const client = new ScriptedClient(clock);
    client.fail = (input) => (input === 'poison' ? broken : undefined);
    const caller = open([client], services);
    const others = Promise.all(many(caller, 5000));
    const poison = expect(ask(caller, 'poison')).rejects.toMatchObject({ code: 'DGT_PROVIDER_GAVE_UP' });
    await clock.run(Promise.all([poison, others]));
  });

  it('ends as an error of its own when it is the only one left, and the server says that it is well', async () => {
    const { clock, services, said } = openServices();
    const client = new ScriptedClient(clock);
    client.fail = (input) => (input === 'poison' ? broken : undefined);
    const caller = open([client], services, { max_outage: 20 });
    await clock.run(Promise.all(many(caller, 20)));
    await expect(clock.run(ask(caller, 'poison'))).rejects.toMatchObject({
      code: 'DGT_PROVIDER_GAVE_UP',
      failure: 'permanent',
      details: { tries: 6 },
    });
    expect(said).toEqual([]);
  });

  it('is the end of the run when the server says that it is not well', async () => {
    const { clock, services } = openServices();
    const client = new ScriptedClient(clock);
    client.fail = () => broken;
    client.availability = { available: false, reason: 'out of memory' };
    const caller = open([client], services, { max_outage: 20 });
    await expect(clock.run(ask(caller, 'poison'))).rejects.toMatchObject({ code: 'DGT_ENDPOINT_DOWN' });
  });

  it('is no such call when many fail, whatever the server says of itself', async () => {
    const { clock, services } = openServices();
    const client = new ScriptedClient(clock);
    client.fail = () => broken;
    const caller = open([client], services, { max_outage: 60 });
    const ends = await clock.run(Promise.allSettled(many(caller, 30)));
    for (const end of ends) expect(end).toMatchObject({ reason: { code: 'DGT_ENDPOINT_DOWN', failure: 'down' } });
  });
});

describe('an outage', () => {
  it('is said once with the time of the next try, and once that it is over; no call is lost or answered twice', async () => {
    const { clock, services, said } = openServices();
    const client = new ScriptedClient(clock);
    const caller = open([client], services);
    client.fail = () => unreachable;
    void clock.sleep(60_000).then(() => void (client.fail = () => undefined));
    const tries: TryRecord[] = [];
    await clock.run(Promise.all(Array.from({ length: 40 }, (_, age) => ask(caller, `call ${age}`, { age, tries }))));
    expect(said).toEqual([
      expect.stringMatching(
        /^warning: fake at http:\/\/one did not answer: refused; calls wait, and it is tried again in/,
      ),
      expect.stringMatching(/^info: fake at http:\/\/one answers again after \d+ s$/),
    ]);
    // What never reached the server is not billed.
    expect(tries).toHaveLength(40);
    expect(tries.every(({ outcome, model }) => outcome === 'ok' && model === 'm')).toBe(true);
    const duringOutage = client.seen.length - 40;
    expect(duringOutage).toBeLessThan(30);
  });
});

describe('several endpoints', () => {
  it('share the calls by their room, and one that fails leaves its calls to the other', async () => {
    const { clock, services } = openServices();
    const [one, two] = [new ScriptedClient(clock), new ScriptedClient(clock, 'http://two')];
    const caller = open([one, two], services, { call_limit: 10 });
    await clock.run(Promise.all(many(caller, 200, 'early')));
    expect(Math.abs(one.seen.length - two.seen.length)).toBeLessThanOrEqual(2);
    one.fail = () => unreachable;
    one.availability = { available: false, reason: 'away' };
    const before = clock.now();
    await clock.run(Promise.all(many(caller, 200, 'late')));
    expect(two.seen.length).toBeGreaterThan(280);
    // 20 rounds of ten calls of 0.1 s each: nobody waited for the one that is away.
    expect(clock.now() - before).toBeLessThan(2500);
  });

  it('end the run when all are down for too long', async () => {
    const { clock, services } = openServices();
    const clients = [new ScriptedClient(clock), new ScriptedClient(clock, 'http://two')];
    for (const client of clients) client.fail = () => unreachable;
    const caller = open(clients, services, { max_outage: 30 });
    const startedAt = clock.now();
    const ends = await clock.run(Promise.allSettled(many(caller, 20)));
    for (const end of ends) expect(end).toMatchObject({ reason: { code: 'DGT_ENDPOINT_DOWN' } });
    expect(clock.now() - startedAt).toBeLessThan(35_000);
  });
});

describe('blocks that call the same model', () => {
  it('keep together to the smaller of what they declare, which is said', async () => {
    const { clock, services, said } = openServices();
    const client = new ScriptedClient(clock);
    const generator = open([client], services, { rpm: 600, tpm: 60_000 }, 'generator');
    const judge = open([client], services, { rpm: 60 }, 'judge');
    expect(said).toEqual([
      'warning: m at http://one: block "generator" says rpm: 600, block "judge" says rpm: 60; the smaller counts for both, 60',
    ]);
    await clock.run(Promise.all([...many(generator, 90, 'made'), ...many(judge, 90, 'judged')]));
    expect(
      mostWithin(
        client.seen.map(({ at }) => at),
        60_000,
      ),
    ).toBe(59);
  });

  it('are told once that the server limits what it lets through', async () => {
    const { clock, services, said } = openServices();
    const client = new ScriptedClient(clock);
    const limited = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', where, { statusCode: 429 });
    let left = 20;
    client.fail = () => (left-- > 0 ? limited : undefined);
    await clock.run(Promise.all(many(open([client], services), 50)));
    expect(said).toEqual(['info: m at http://one limits how much it lets through; requests slow down to that']);
  });

  it('declare the same without a word', () => {
    const { clock, services, said } = openServices();
    const client = new ScriptedClient(clock);
    open([client], services, { rpm: 60 }, 'generator');
    open([client], services, { rpm: 60 }, 'judge');
    open([client], services, {}, 'other');
    expect(said).toEqual([]);
  });

  it('let tasks take turns, each with its oldest call first', async () => {
    const { clock, services } = openServices();
    const client = new ScriptedClient(clock);
    const caller = open([client], services, { call_limit: 4 });
    await clock.run(Promise.all([...many(caller, 100, 'long'), ...many(caller, 10, 'short')]));
    const order = client.seen.map(({ input }) => input);
    expect(order.indexOf('short 9')).toBeLessThan(26);
    const long = order.filter((input) => input.startsWith('long'));
    expect(long).toEqual(long.map((_, age) => `long ${age}`));
  });
});

describe('wait_for_model', () => {
  it('asks until the model can be called, and says so', async () => {
    const { clock, services, said } = openServices();
    const client = new ScriptedClient(clock);
    client.availability = { available: false, reason: 'fake is still loading' };
    void clock.sleep(60_000).then(() => void (client.availability = { available: true }));
    const caller = open([client], services, { wait_for_model: true });
    expect(await clock.run(caller.checkAvailability(never))).toEqual({ available: true });
    expect(said).toEqual([
      'info: b: fake is still loading; waiting for the model for up to 1800 s',
      expect.stringMatching(/^info: b: the model can be called, after 6\d s$/),
    ]);
  });

  it('waits no longer than it is told, and not at all for what waiting does not cure', async () => {
    const { clock, services } = openServices();
    const client = new ScriptedClient(clock);
    const away: Availability = { available: false, reason: 'away' };
    client.availability = away;
    const startedAt = clock.now();
    expect(await clock.run(open([client], services, { wait_for_model: 30 }).checkAvailability(never))).toBe(away);
    expect(clock.now() - startedAt).toBe(30_000);
    const missing = { ...away, error: new ProviderError('DGT_PROVIDER_MODEL_UNKNOWN', 'fatal', {}) };
    client.availability = missing;
    expect(await clock.run(open([client], services, { wait_for_model: true }).checkAvailability(never))).toBe(missing);
    expect(clock.now() - startedAt).toBe(30_000);
  });
});

describe('readCallSettings', () => {
  const read = (config: object) =>
    readCallSettings({ call_limit: 1, max_outage: 1, ...config } as never, {
      block: 'b',
      provider: 'fake',
      services: openServices().services,
    });

  it('takes how to try again from either place', () => {
    expect(read({}).retry).toMatchObject({ maxRetries: 5, backoff: { firstMs: 500, longestMs: 30_000 } });
    expect(read({ max_retries: 2 }).retry.maxRetries).toBe(2);
    const retry = { max_retries: 3, first_wait: 2, longest_wait: 60, retry_on: ['timeout'] };
    expect(read({ retry }).retry).toEqual({
      maxRetries: 3,
      backoff: { firstMs: 2000, longestMs: 60_000 },
      causes: new Set(['timeout']),
    });
  });

  it('refuses two places that differ', () => {
    expect(() => read({ max_retries: 2, retry: { max_retries: 3 } })).toThrow(
      'block "b": max_retries says 2, retry.max_retries says 3',
    );
    expect(read({ max_retries: 3, retry: { max_retries: 3 } }).retry.maxRetries).toBe(3);
  });
});
