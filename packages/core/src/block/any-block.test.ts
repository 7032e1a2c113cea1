import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGates } from '../__fixtures__/gates.js';
import { createRecordingLane } from '../__fixtures__/recording-lane.js';
import { ConfigError, ProviderError } from '../errors/dgt-error.js';
import { Type } from '../schema.js';
import type { BlockContext } from './any-block.js';
import { Block } from './block.js';
import type { Row } from './row.js';

class Shout extends Block.of({
  config: { mark: Type.String({ default: '!' }), times: Type.Integer({ default: 1, minimum: 1 }) },
  input: { text: Type.String(), suffix: Type.Optional(Type.String()) },
  output: { loud: Type.String() },
}) {
  static override readonly transportFields = ['times'];

  process({ text, suffix = '' }: { text: string; suffix?: string }) {
    return { loud: text.toUpperCase() + suffix + this.config.mark.repeat(this.config.times) };
  }
}

/** Runs the given function on each row as it is. */
class Apply extends Block {
  readonly #work: (row: Row, context: BlockContext) => Row | Row[] | Promise<Row | Row[]>;

  constructor(work: (row: Row, context: BlockContext) => Row | Row[] | Promise<Row | Row[]>, config = {}) {
    super(config);
    this.#work = work;
  }

  process(row: Row, context: BlockContext) {
    return this.#work(row, context);
  }
}

const refused = () =>
  new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', {
    provider: 'fake',
    endpoint: 'here',
    status: 400,
    reason: 'too long',
  });

describe('running a block', () => {
  it('adds its output to copies of the rows, passes unknown keys through and changes no row', async () => {
    const rows = [
      { text: 'a', id: 1, nested: { kept: true } },
      { text: 'b', id: 2, nested: { kept: true } },
    ];
    const before = structuredClone(rows);
    const results = await new Shout().run(rows).toArray();
    expect(results).toEqual([
      { text: 'a', id: 1, nested: { kept: true }, loud: 'A!' },
      { text: 'b', id: 2, nested: { kept: true }, loud: 'B!' },
    ]);
    expect(rows).toEqual(before);
    expect(results[0]).not.toBe(rows[0]);
  });

  it('keeps the order of the rows, in whatever order they are done', async () => {
    const orders = fc.integer({ min: 1, max: 10 }).chain((count) => {
      const places = Array.from({ length: count }, (_, place) => place);
      return fc.tuple(fc.constant(places), fc.shuffledSubarray(places, { minLength: count }));
    });
    await fc.assert(
      fc.asyncProperty(orders, async ([places, order]) => {
        const gates = createGates();
        const block = new Apply(async (row) => {
          await gates.wait(row['place'] as number);
          return { done: true };
        });
        const results = block.run(places.map((place) => ({ place }))).toArray();
        await gates.open(order);
        expect(await results).toEqual(places.map((place) => ({ place, done: true })));
      }),
      { numRuns: 30 },
    );
  });

  it('works on many rows at once', async () => {
    let active = 0;
    let most = 0;
    const gates = createGates();
    const block = new Apply(async () => {
      most = Math.max(most, ++active);
      await gates.wait(0);
      active--;
      return {};
    });
    const results = block.run(Array.from({ length: 20 }, () => ({}))).toArray();
    await gates.open([0]);
    expect(await results).toHaveLength(20);
    expect(most).toBe(20);
  });

  it('takes rows from any iterable and gives them one by one', async () => {
    async function* rows() {
      yield { text: 'a' };
      yield { text: 'b' };
    }
    const seen: string[] = [];
    for await (const { loud } of new Shout().run(rows())) seen.push(loud);
    expect(seen).toEqual(['A!', 'B!']);
    expect(await new Shout().run(new Set([{ text: 'c' }])).toArray()).toEqual([{ text: 'c', loud: 'C!' }]);
  });

  it('gives no row, one or several for each row', async () => {
    const split = new Apply((row) =>
      String(row['text'])
        .split('')
        .map((letter) => ({ letter })),
    );
    expect(
      await split
        .run([
          { text: 'ab', id: 1 },
          { text: '', id: 2 },
          { text: 'c', id: 3 },
        ])
        .toArray(),
    ).toEqual([
      { text: 'ab', id: 1, letter: 'a' },
      { text: 'ab', id: 1, letter: 'b' },
      { text: 'c', id: 3, letter: 'c' },
    ]);
  });

  it('gives each row a lane by its place', async () => {
    const { lane } = createRecordingLane();
    const block = new Apply((_row, { lane }) => ({ lane: lane.id, number: lane.random.next() }));
    const first = await block.run([{}, {}, {}], { lane }).toArray();
    expect(first.map((row) => (row as Row)['lane'])).toEqual(['r.0', 'r.1', 'r.2']);
    expect(await block.run([{}, {}, {}], { lane }).toArray()).toEqual(first);
  });
});

describe('a row whose call failed for good', () => {
  const block = new Apply(
    (row) => {
      if (row['bad'] === true) throw refused();
      return { ok: true };
    },
    { name: 'generator' },
  );
  const rows = [{ id: 1 }, { id: 2, bad: true }, { id: 3 }];

  it('is left out and recorded, once, with its block, its error and the row', async () => {
    const { lane, failures } = createRecordingLane();
    expect(await block.run(rows, { lane }).toArray()).toEqual([
      { id: 1, ok: true },
      { id: 3, ok: true },
    ]);
    expect(failures).toEqual([
      { lane: 'r.1', block: 'generator', error: expect.any(ProviderError) as unknown, row: rows[1] },
    ]);
  });

  it('comes in its place with its error when asked for, and is not recorded', async () => {
    const { lane, failures } = createRecordingLane();
    const results = await block.run(rows, { lane, failures: 'yield' }).toArray();
    expect(results).toEqual([
      { id: 1, ok: true },
      { id: 2, bad: true, error: expect.objectContaining({ code: 'DGT_PROVIDER_REQUEST' }) as unknown },
      { id: 3, ok: true },
    ]);
    expect(failures).toEqual([]);
  });

  it.each(['transient', 'down', 'fatal'] as const)(
    'is not meant by a %s failure, which ends the run of the block',
    async (failure) => {
      const { lane, failures } = createRecordingLane();
      const failing = new Apply(() => {
        throw new ProviderError('DGT_PROVIDER_UNAVAILABLE', failure);
      });
      await expect(failing.run([{}], { lane, failures: 'yield' }).toArray()).rejects.toMatchObject({ failure });
      expect(failures).toEqual([]);
    },
  );

  it('is not meant by an exception of the block, which is raised as it is', async () => {
    const bug = new TypeError('x is not a function');
    const failing = new Apply(async (row) => {
      if (row['id'] === 2) throw bug;
      return {};
    });
    const seen: unknown[] = [];
    const read = async () => {
      for await (const row of failing.run(rows)) seen.push(row);
    };
    await expect(read()).rejects.toBe(bug);
    expect(seen).toEqual([{ id: 1 }]);
  });
});

describe('the configuration of a block', () => {
  it('is checked, completed with defaults, and left as the caller wrote it', () => {
    const config = { name: 'loud', times: 3 };
    expect(new Shout(config).config).toEqual({ name: 'loud', times: 3, mark: '!' });
    expect(config).toEqual({ name: 'loud', times: 3 });

    class Deep extends Block.of({ config: { inner: Type.Object({ size: Type.Integer({ default: 4 }) }) } }) {
      process() {
        return {};
      }
    }
    const deep = { inner: {} } as { inner: { size: number } };
    expect(new Deep(deep).config.inner.size).toBe(4);
    expect(deep).toEqual({ inner: {} });
  });

  it('may hold what JSON cannot, where the schema allows it', () => {
    class WithTool extends Block.of({ config: { tool: Type.Any() } }) {
      process() {
        return {};
      }
    }
    const tool = () => 'used';
    expect(new WithTool({ tool }).config.tool).toBe(tool);
  });

  it.each([
    [{ marc: '?' }, 'block "Shout": unknown key "marc" (did you mean "mark"?)'],
    [{ name: 'loud', mark: 3 }, 'block "loud": mark: expected a string, got 3'],
    [{ times: 'fifty' }, 'block "Shout": times: expected an integer, got "fifty"'],
    [{ times: 0 }, 'block "Shout": times: expected a number >= 1, got 0'],
    [{ output_map: { loud: 1 } }, 'block "Shout": output_map.loud: expected a string, got 1'],
    [{ input_map: ['text'] }, 'block "Shout": input_map: expected an object, got a list of 1'],
    [{ type: 'shout', mrk: 1, times: 1.5 }, 'unknown key "mrk" (did you mean "mark"?); times: expected an integer'],
  ])('%j is refused', (config, message) => {
    expect(() => new Shout(config as never)).toThrow(ConfigError);
    expect(() => new Shout(config as never)).toThrow(message);
  });

  it('names the block: by its name, else its type, else its class', () => {
    expect(new Shout({ name: 'n', type: 't' }).name).toBe('n');
    expect(new Shout({ type: 't' }).name).toBe('t');
    expect(new Shout().name).toBe('Shout');
  });

  it('defines its rows, but for the name and what is only transport', () => {
    const block = new Shout({ name: 'n', type: 'shout', mark: '?', times: 9 });
    expect(block.definition).toEqual({ type: 'shout', mark: '?' });
  });
});
