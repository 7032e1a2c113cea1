import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGates, type Gates } from '../__fixtures__/gates.js';
import { createRecordingLane } from '../__fixtures__/recording-lane.js';
import type { AnyBlock, BlockContext } from '../block/any-block.js';
import { Block } from '../block/block.js';
import type { Row } from '../block/row.js';
import { createLaneContext, type LaneContext } from './attempt.js';
import { bindBlocks } from './data-builder.js';

/** Makes a call for each row; the answer comes when the gate of the row's item opens. */
class Ask extends Block {
  readonly #gates: Gates;

  constructor(gates: Gates) {
    super({});
    this.#gates = gates;
  }

  async process({ item, question }: Row, { lane }: BlockContext) {
    const execute = async () => {
      await this.#gates.wait(item as number);
      return `answer to ${String(question)}`;
    };
    return { answer: await lane.call({ label: 'ask', request: String(question), execute }) };
  }
}

type Blocks = Record<string, Pick<AnyBlock, 'run'>>;

function openContext(gates: Gates = createGates()) {
  const record = createRecordingLane();
  const blocks = new Map([['ask', new Ask(gates)]]);
  const context = createLaneContext<Blocks>(record.lane, (lane) => bindBlocks(blocks, lane));
  return { context, ...record };
}

const ask = async (blocks: Blocks, item: number, question: string): Promise<string> => {
  const [row] = await blocks['ask']!.run([{ item, question }]).toArray();
  return (row as unknown as { answer: string }).answer;
};

/** A flow of two steps: the second question depends on the answer to the first, and on chance. */
async function converse(item: number, { blocks, random }: LaneContext<Blocks>) {
  const first = await ask(blocks, item, `first of ${item}`);
  const second = await ask(blocks, item, `${first}, ${random.integer(100)}`);
  return `${item}: ${second}`;
}

describe('the blocks of a context', () => {
  it('work in a new lane each time, so that no two calls share a key', async () => {
    const gates = createGates();
    const { context, calls } = openContext(gates);
    await gates.open([0]);
    await ask(context.blocks, 0, 'a');
    await context.blocks['ask']!.run([
      { item: 0, question: 'b' },
      { item: 0, question: 'c' },
    ]).toArray();
    expect(calls.map(({ lane, index }) => `${lane}/${index}`)).toEqual(['r.0.0/0', 'r.1.0/0', 'r.1.1/0']);
  });
});

describe('mapping over items', () => {
  it('gives results in the order of the items and each item the same calls, whatever answer comes first', async () => {
    const runFlows = async (count: number, order: readonly number[]) => {
      const gates = createGates();
      const { context, calls } = openContext(gates);
      const items = Array.from({ length: count }, (_, item) => item);
      const results = context.map(items, converse);
      await gates.open(order);
      const keys = calls.map(({ lane, index, request }) => `${lane}/${index} ${JSON.stringify(request)}`);
      return { results: await results, keys: keys.toSorted(), random: context.random.next() };
    };
    const orders = fc.integer({ min: 1, max: 8 }).chain((count) => {
      const items = Array.from({ length: count }, (_, item) => item);
      return fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: count }));
    });
    await fc.assert(
      fc.asyncProperty(orders, async ([items, order]) => {
        const shuffled = await runFlows(items.length, order);
        expect(shuffled).toEqual(await runFlows(items.length, items));
        expect(shuffled.results.map((result) => Number.parseInt(result, 10))).toEqual(items);
        expect(new Set(shuffled.keys).size).toBe(2 * items.length);
      }),
      { numRuns: 40 },
    );
  });

  it('works on all items at once', async () => {
    const gates = createGates();
    const { context, calls } = openContext(gates);
    const results = context.map([0, 1, 2], converse);
    await gates.open([]);
    expect(calls).toHaveLength(3);
    await gates.open([2, 1, 0]);
    expect(await results).toHaveLength(3);
  });

  it('gives two maps of one flow, and maps within maps, lanes of their own', async () => {
    const { context } = openContext();
    const ids = async (name: string) => context.map([0, 1], (_item, lane) => lane.once(name, () => lane.random.next()));
    const numbers = [...(await ids('a')), ...(await ids('b'))];
    const nested = await context.map([0, 1], (_item, lane) => lane.map([0, 1], (_inner, deep) => deep.random.next()));
    expect(new Set([...numbers, ...nested.flat()]).size).toBe(8);
  });

  it('raises the failure of the first item that failed, not of the fastest', async () => {
    const gates = createGates();
    const { context } = openContext(gates);
    const results = context.map([0, 1, 2], async (item) => {
      await gates.wait(item);
      if (item > 0) throw new Error(`item ${item}`);
      return item;
    });
    const failure = expect(results).rejects.toThrow('item 1');
    await gates.open([2, 1, 0]);
    await failure;
  });

  it('gives nothing for no items', async () => {
    expect(await openContext().context.map([], converse)).toEqual([]);
  });
});

describe('doing something once', () => {
  it('gives at once what a later run will read from the record', async () => {
    const { context } = openContext();
    const effect = () => ({ at: new Date(0), no: Number.NaN, gone: undefined });
    expect(await context.once('report', effect as never)).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', no: null });
    expect(await context.once('nothing', (() => undefined) as never)).toBeNull();
  });

  it('is a call in a lane of its own, told from others by its name', async () => {
    const { context, calls } = openContext();
    expect(await context.once('weather in Lima', () => ({ degrees: 19 }))).toEqual({ degrees: 19 });
    expect(await context.once('clock', async () => 1_700_000_000)).toBe(1_700_000_000);
    expect(calls).toEqual([
      { lane: 'r.0', index: 0, label: 'weather in Lima', request: { once: 'weather in Lima' } },
      { lane: 'r.1', index: 0, label: 'clock', request: { once: 'clock' } },
    ]);
  });

  it('raises what the effect raises', async () => {
    const { context } = openContext();
    const failing = context.once('tool', () => {
      throw new Error('no such tool');
    });
    await expect(failing).rejects.toThrow('no such tool');
  });
});

describe('rejecting', () => {
  it('is recorded as said by the builder', () => {
    const { context, rejections } = openContext();
    context.reject('no pair', 'the answer');
    expect(rejections).toEqual([{ lane: 'r', block: 'builder', reason: 'no pair', sample: 'the answer' }]);
  });
});

describe('a named lane', () => {
  it('is found again whatever flows beside it come first', async () => {
    const keysOf = async (order: readonly number[]) => {
      const gates = createGates();
      await gates.open(order);
      const { context, calls } = openContext(gates);
      const flow = (item: number) => converse(item, context.named(`flow ${item}`));
      for (const item of order) await flow(item);
      return calls.map(({ lane, request }) => `${lane}: ${String(request)}`).sort();
    };
    expect(await keysOf([0, 1, 2])).toEqual(await keysOf([2, 0, 1]));
  });
});
