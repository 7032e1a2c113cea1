import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRecordingLane } from '../__fixtures__/recording-lane.js';
import { ProviderError } from '../errors/dgt-error.js';
import type { CallContext } from './recorder.js';
import { createScriptLane } from './unrecorded.js';

const call = (request: string) => ({ label: 'l', request, execute: async () => request });

describe('a lane', () => {
  it('names its children by number, in the order in which they are asked for', () => {
    const { lane } = createRecordingLane();
    const first = lane.child();
    expect([first.id, lane.child().id, first.child().id, lane.child().id]).toEqual(['r.0', 'r.1', 'r.0.0', 'r.2']);
    expect(lane.at(7).id).toBe('r.7');
  });

  it('names a lane by what it is for, whatever was opened before it, and counts the lanes of one name', () => {
    const { lane } = createRecordingLane();
    const first = lane.named('draft').id;
    expect(first).toMatch(/^r\.\d{10,15}\.0$/);
    expect(lane.named('draft').id).toBe(first.replace(/0$/, '1'));
    const { lane: busy } = createRecordingLane();
    void [busy.child(), busy.named('judge')];
    expect(busy.named('draft').id).toBe(first);
    expect(busy.named('judge').id).not.toBe(first);
  });

  it('counts its own calls', async () => {
    const { lane, calls } = createRecordingLane();
    const [left, right] = [lane.child(), lane.child()];
    await Promise.all([right.call(call('c')), left.call(call('a')), left.call(call('b')), lane.call(call('d'))]);
    expect(calls).toEqual([
      { lane: 'r.1', index: 0, label: 'l', request: 'c' },
      { lane: 'r.0', index: 0, label: 'l', request: 'a' },
      { lane: 'r.0', index: 1, label: 'l', request: 'b' },
      { lane: 'r', index: 0, label: 'l', request: 'd' },
    ]);
  });

  it('has a random stream that depends on its place and the name of the run alone', () => {
    const draw = (randomName: string, busy: boolean) => {
      const { lane } = createRecordingLane({ randomName });
      if (busy) lane.at(0).random.next();
      return [lane.at(1).random.next(), lane.random.next()];
    };
    expect(draw('1/task', true)).toEqual(draw('1/task', false));
    expect(draw('2/task', false)).not.toEqual(draw('1/task', false));
    const [child, parent] = draw('1/task', false);
    expect(child).not.toBe(parent);
  });

  it('goes on with its stream from one draw to the next', () => {
    const { lane } = createRecordingLane();
    expect(lane.random.next()).not.toBe(lane.random.next());
  });

  it('reports rejections, failures and notes under its own name', () => {
    const { lane, rejections, failures, notes } = createRecordingLane();
    const error = new ProviderError('DGT_PROVIDER_REQUEST', 'permanent');
    lane.at(3).reject({ block: 'dedup', reason: 'repeated' });
    lane.at(4).fail({ block: 'generator', error, row: { id: 1 } });
    lane.at(5).note({ block: 'generator', counter: 'answers_repaired', cause: 'fence' });
    expect(notes).toEqual([{ lane: 'r.5', block: 'generator', counter: 'answers_repaired', cause: 'fence' }]);
    expect(rejections).toEqual([{ lane: 'r.3', block: 'dedup', reason: 'repeated' }]);
    expect(failures).toEqual([{ lane: 'r.4', block: 'generator', error, row: { id: 1 } }]);
  });
});

it('needs no recorder that counts', () => {
  const note = { block: 'generator', counter: 'answers_repaired', cause: 'fence' };
  expect(() => createScriptLane().note(note)).not.toThrow();
});

describe('the lane of a script', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const seedsOf = async (options: { randomSeed?: number }) => {
    const lane = createScriptLane(options);
    const execute = async ({ seed }: CallContext) => seed;
    return [await lane.call({ label: 'l', request: 1, execute }), await lane.call({ label: 'l', request: 1, execute })];
  };

  it('makes every call and gives it a seed of its own that the random seed decides', async () => {
    const [first, second] = await seedsOf({});
    expect(first).not.toBe(second);
    expect(await seedsOf({ randomSeed: 0 })).toEqual([first, second]);
    expect(await seedsOf({ randomSeed: 1 })).not.toEqual([first, second]);
    expect(createScriptLane({ randomSeed: 1 }).random.next()).not.toBe(createScriptLane().random.next());
  });

  it('says on standard error that a row was left out', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const error = new ProviderError('DGT_PROVIDER_GAVE_UP', 'permanent', {
      provider: 'ollama',
      endpoint: 'http://localhost',
      tries: 5,
      reason: 'HTTP 500',
    });
    createScriptLane().fail({ block: 'generator', error, row: {} });
    expect(write).toHaveBeenCalledExactlyOnceWith(
      'warning: generator: a row is left out: ollama at http://localhost failed this call 5 times ' +
        'while it was otherwise well; last: HTTP 500\n',
    );
  });

  it('hands its signal to every call', async () => {
    const stop = new AbortController();
    const lane = createScriptLane({ signal: stop.signal }).child();
    const execute = async ({ signal }: CallContext) => signal === stop.signal;
    expect(await lane.call({ label: 'l', request: 1, execute })).toBe(true);
  });
});
