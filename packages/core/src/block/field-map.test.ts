import { describe, expect, it } from 'vitest';
import { dataPoint } from '../data-point.js';
import { ConfigError } from '../errors/dgt-error.js';
import { Type } from '../schema.js';
import { Block } from './block.js';
import type { Row } from './row.js';

class Score extends Block.of({
  input: { text: Type.String(), label: Type.Optional(Type.Union([Type.String(), Type.Null()])) },
  output: { score: Type.Integer(), seen: Type.Any() },
}) {
  process(input: { text: string; label?: string | null }) {
    return { score: input.text.length, seen: { ...input } };
  }
}

/** Sees the row as it is, since it declares no fields. */
class Look extends Block {
  process(row: Row) {
    return { seen: { ...row } };
  }
}

const runOne = async (config: Readonly<Record<string, unknown>>, row: object): Promise<Row> => {
  const [result] = await new Score(config).run([row]).toArray();
  return result as unknown as Row;
};

describe('an input map', () => {
  it('reads nested fields: { path in the row: field of the block }', async () => {
    const result = await runOne(
      { input_map: { 'turns[0].content': 'text', 'labels.primary': 'label' } },
      { turns: [{ content: 'hello' }], labels: { primary: 'safe' } },
    );
    expect(result['seen']).toEqual({ text: 'hello', label: 'safe' });
  });

  it('leaves fields that it does not name to be read under their own name', async () => {
    const result = await runOne({ input_map: { kind: 'label' } }, { text: 'hello', kind: 'x' });
    expect(result['seen']).toEqual({ text: 'hello', label: 'x' });
  });

  it('reads a field by its whole name, whatever characters a key has', async () => {
    class Dotted extends Block.of({ input: { 'a.b[0]': Type.Integer() }, output: { got: Type.Integer() } }) {
      process(input: { 'a.b[0]': number }) {
        return { got: input['a.b[0]'] };
      }
    }
    expect(await new Dotted().run([{ 'a.b[0]': 5 }]).toArray()).toEqual([{ 'a.b[0]': 5, got: 5 }]);
  });

  it('hands on what a row names with null and leaves out what it does not have', async () => {
    const withNull = await runOne({ input_map: { 'meta.label': 'label' } }, { text: 'a', meta: { label: null } });
    expect(withNull['seen']).toEqual({ text: 'a', label: null });
    const without = await runOne({ input_map: { 'meta.label': 'label' } }, { text: 'a', meta: {} });
    expect(without['seen']).toEqual({ text: 'a' });
    const undefinedField = await runOne({}, { text: 'a', label: undefined });
    expect(undefinedField['seen']).toEqual({ text: 'a' });
  });

  it('shows a block that declares no fields the whole row, or what the map names', async () => {
    const row = { a: 1, b: { c: 2 } };
    expect((await new Look().run([row]).toArray())[0]).toEqual({ ...row, seen: row });
    const mapped = await new Look({ input_map: { 'b.c': 'depth' } }).run([row]).toArray();
    expect(mapped).toEqual([{ ...row, seen: { depth: 2 } }]);
  });

  it('fails on a missing required field, naming the block, the field and what the row has', async () => {
    await expect(runOne({ name: 'judge' }, { txt: 'a', id: 1 })).rejects.toThrow(
      'block "judge" needs the field "text" and the row has none at "text"; the row has: txt, id',
    );
    await expect(runOne({}, {})).rejects.toThrow('the row has: nothing');
    const typo = runOne({ input_map: { questoin: 'text' } }, { question: 'a' });
    await expect(typo).rejects.toMatchObject({
      code: 'DGT_BLOCK_FIELD_MISSING',
      message: expect.stringContaining('none at "questoin"; the row has: question') as unknown,
      remedy: expect.stringContaining('text }') as unknown,
    });
  });

  it('fails on a missing place on the way, also to an optional field', async () => {
    await expect(runOne({ input_map: { 'labels.primary': 'label' } }, { text: 'a', label: {} })).rejects.toThrow(
      'path "labels.primary": there is nothing at "labels" (did you mean "label"?)',
    );
  });

  it('fails on a null on the way too, while a null at the end is a value', async () => {
    const broken = runOne({ input_map: { 'labels.primary': 'label' } }, { text: 'a', labels: null });
    await expect(broken).rejects.toThrow('path "labels.primary": "labels" is null, not an object');
  });

  it.each([
    [
      { question: 'txet' },
      'input_map leads "question" to "txet", which is no field of the block (did you mean "text"?)',
    ],
    [{ question: 'x' }, 'it reads: text, label'],
    [{ a: 'text', b: 'text' }, 'input_map gives the field "text" two places: "a" and "b"'],
    [{ 'a[': 'text' }, 'path "a["'],
  ])('%j is refused when the block is made', (inputMap, message) => {
    expect(() => new Score({ input_map: inputMap })).toThrow(ConfigError);
    expect(() => new Score({ input_map: inputMap })).toThrow(message);
  });
});

describe('an output map', () => {
  it('writes nested fields, making what is missing: { field of the block: path in the row }', async () => {
    const result = await runOne({ output_map: { score: 'annotations.magpie.score' } }, { text: 'four' });
    expect(result).toEqual({
      text: 'four',
      annotations: { magpie: { score: 4 } },
      seen: { text: 'four' },
    });
  });

  it('appends, and leaves the row that it was given as it was', async () => {
    const row = { text: 'four', scores: [1], meta: { kept: true } };
    const before = structuredClone(row);
    const result = await runOne({ output_map: { score: 'scores[+]', seen: 'meta.seen' } }, row);
    expect(result).toEqual({ text: 'four', scores: [1, 4], meta: { kept: true, seen: { text: 'four' } } });
    expect(row).toEqual(before);
  });

  it('gives each of several outputs of a row a copy of its own', async () => {
    class Twice extends Block {
      process() {
        return [{ n: 1 }, { n: 2 }];
      }
    }
    const results = await new Twice({ output_map: { n: 'made[+]' } }).run([{ made: [0] }]).toArray();
    expect(results).toEqual([{ made: [0, 1] }, { made: [0, 2] }]);
  });

  it('fails where the row holds something else', async () => {
    await expect(runOne({ output_map: { score: 'text.score' } }, { text: 'a' })).rejects.toThrow(
      'path "text.score": "text" is a value of type string, not an object',
    );
  });

  it('keeps an output field called __proto__ away from the prototype of the row', async () => {
    class Parse extends Block {
      process(row: Row) {
        return JSON.parse(String(row['answer'])) as Row;
      }
    }
    const [result] = await new Parse().run([{ answer: '{"__proto__": {"admin": true}}' }]).toArray();
    expect((result as Row)['admin']).toBeUndefined();
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });
});

describe('a row that is a data point', () => {
  class Utterance extends dataPoint({ text: Type.String(), label: Type.Optional(Type.String()) }) {}

  it('is read like any other, and comes back as a record with fields that its class does not declare', async () => {
    const point = new Utterance({ text: 'four' });
    const [result] = await new Score({ output_map: { score: 'annotations.score' } }).run([point]).toArray();
    expect(result).toMatchObject({ text: 'four', annotations: { score: 4 }, seen: { text: 'four' } });
    expect(result).not.toBeInstanceOf(Utterance);
    expect(point).not.toHaveProperty('annotations');
  });
});

describe('two blocks in a row', () => {
  it('hand fields on through their maps', async () => {
    class Copy extends Block.of({ input: { from: Type.Integer() }, output: { to: Type.Integer() } }) {
      process({ from }: { from: number }) {
        return { to: from };
      }
    }
    const first = new Copy({ input_map: { f1: 'from' }, output_map: { to: 'f2' } });
    const second = new Copy({ input_map: { f2: 'from' }, output_map: { to: 'f3' } });
    expect(await second.run(first.run([{ f1: 1 }])).toArray()).toEqual([{ f1: 1, f2: 1, f3: 1 }]);
  });
});
