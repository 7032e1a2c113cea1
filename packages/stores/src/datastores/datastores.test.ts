import { datastores, DgtError, Type, type Datastore, type Json, type Row, type StoreServices } from '@dgt/core';
import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { saveDataset } from '../__fixtures__/save-dataset.js';
import { createTestServices } from '../__fixtures__/store-services.js';
import { collect, TemporaryFolder } from '../__fixtures__/temporary-folder.js';
import { writeParquet } from '../files/parquet-writer.js';
import { datastoreManifest } from '../manifest.js';
import { broadcast, type Copy } from './broadcast.js';
import { DataTroveDatastore, DefaultDatastore, ModuleDatastore, MultiTargetDatastore } from './index.js';

datastores.announce(datastoreManifest);

function servicesFor(folder: TemporaryFolder, more: Partial<StoreServices> = {}): StoreServices {
  return createTestServices(folder.path, more);
}

function rowsOf(store: Datastore, skip = 0): Promise<Row[]> {
  return collect((store.read as NonNullable<Datastore['read']>).call(store, { skip }));
}

const target = { name: 'final_data', schema: Type.Object({ id: Type.Integer(), text: Type.String() }) };
const rows = [
  { id: 1, text: '001' },
  { id: 2, text: 'a,"b"\n' },
];

describe('the default datastore', () => {
  it('gives its own data first, then files of all formats in the order of their paths', async () => {
    using folder = new TemporaryFolder();
    folder.write('in/a.jsonl', '{"id":2}\n{"id":3}\n');
    folder.write('in/b.csv', 'id\n004\n');
    folder.write('c.yaml', '- id: 5\n');
    await writeParquet([{ id: 6 }], Type.Object({ id: Type.Integer() }), folder.at('d.parquet'));
    const store = new DefaultDatastore(
      { data: [{ id: 1 }], data_path: ['in', 'c.yaml', '*.parquet'] },
      servicesFor(folder),
    );
    const all = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: '004' }, { id: 5 }, { id: 6 }];
    expect(await rowsOf(store)).toEqual(all);
    for (let skip = 0; skip <= all.length + 1; skip++) expect(await rowsOf(store, skip)).toEqual(all.slice(skip));
  });

  it('hands out data that may be changed without changing its own', async () => {
    const store = new DefaultDatastore({ data: [{ list: [1] }] });
    const [row = {}] = await rowsOf(store);
    (row['list'] as number[]).push(2);
    expect(await rowsOf(store)).toEqual([{ list: [1] }]);
  });

  it('reads csv as it is told to', async () => {
    using folder = new TemporaryFolder();
    folder.write('a.csv', `1; 'x'\n`);
    const config = { data_path: 'a.csv', has_header: false, delimiter: ';', quotechar: "'", skipinitialspace: true };
    expect(await rowsOf(new DefaultDatastore(config, servicesFor(folder)))).toEqual([{ c0: '1', c1: 'x' }]);
  });

  it.each([
    ['treshold', { data_pth: 'x' }, 'datastore "default": unknown key "data_pth" (did you mean "data_path"?)'],
    ['format', { data_formats: ['jsnl'] }, 'data_formats[0]: expected'],
    ['encoding', { encoding: 'klingon' }, 'encoding: "klingon" is none that is known'],
    ['mix', { data_path: ['-', 'a.jsonl'] }, '"-" (standard input) stands alone'],
  ])('refuses a configuration that cannot be followed (%s)', (_what, config, message) => {
    expect(() => new DefaultDatastore({ type: 'default', ...config } as object)).toThrow(message);
  });

  it('says that there is nothing to read from', async () => {
    await expect(rowsOf(new DefaultDatastore())).rejects.toThrow(
      'has neither data nor data_path, so nothing can be read',
    );
  });

  it('names the file by its path from the base folder', async () => {
    using folder = new TemporaryFolder();
    folder.write('in/a.jsonl', '{}\nnope\n');
    await expect(rowsOf(new DefaultDatastore({ data_path: 'in' }, servicesFor(folder)))).rejects.toThrow(
      'in/a.jsonl:2: is not JSON',
    );
  });

  it('reads what Hugging Face datasets save, from any row on', async () => {
    using folder = new TemporaryFolder();
    saveDataset(folder.at('saved'), 'name', { train: [['a', 'b'], ['c']], test: [['d']] });
    const saved = (config: object, skip = 0) =>
      rowsOf(new DefaultDatastore({ data_path: 'saved', ...config }, servicesFor(folder)), skip);
    const all = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    for (let skip = 0; skip <= 3; skip++) expect(await saved({}, skip)).toEqual(all.slice(skip));
    expect(await saved({ data_split: 'test' })).toEqual([{ name: 'd' }]);
    expect(() => new DefaultDatastore({ data_path: '-', data_formats: ['arrow'] })).toThrow(
      'data_formats: arrow cannot be read from standard input',
    );
  });

  it('has a fingerprint that changes with files, their size, their time, and its own data', async () => {
    using folder = new TemporaryFolder();
    const file = folder.write('in/a.jsonl', '{}\n');
    const of = (config: object = {}) =>
      new DefaultDatastore({ data_path: 'in', ...config }, servicesFor(folder)).fingerprint();
    const seen: (Json | undefined)[] = [await of()];
    expect(await of()).toEqual(seen[0]);
    utimesSync(file, 1, 1);
    seen.push(await of());
    folder.write('in/a.jsonl', '{}\n{}\n');
    utimesSync(file, 1, 1);
    seen.push(await of());
    folder.write('in/b.jsonl', '{}\n');
    seen.push(await of(), await of({ data: [{}] }));
    expect(new Set(seen.map((value) => JSON.stringify(value))).size).toBe(seen.length);
  });

  it('counts rows that parquet and its own data have, and no others', async () => {
    using folder = new TemporaryFolder();
    await writeParquet(rows, target.schema, folder.at('a.parquet'));
    folder.write('a.jsonl', '{}\n');
    const of = (data_path: string) => new DefaultDatastore({ data: [{}], data_path }, servicesFor(folder)).count();
    expect(await of('a.parquet')).toBe(3);
    expect(await of('a.*')).toBeUndefined();
  });

  it('reads standard input in the format that it is told, and again once it has come to its end', async () => {
    using folder = new TemporaryFolder();
    const input = (async function* () {
      yield Buffer.from('id\n0');
      yield Buffer.from('01\n');
    })();
    const store = new DefaultDatastore({ data_path: '-', data_formats: ['csv'] }, servicesFor(folder, { input }));
    expect(await rowsOf(store)).toEqual([{ id: '001' }]);
    expect(await store.fingerprint()).toBeUndefined();
    expect(await rowsOf(store)).toEqual([{ id: '001' }]);
    const twoRows = (async function* () {
      yield '{"a":1}\n{"a":2}\n';
    })();
    const begun = new DefaultDatastore({ data_path: '-' }, servicesFor(folder, { input: twoRows }));
    for await (const _row of begun.read()) break;
    await expect(rowsOf(begun)).rejects.toThrow('standard input can be read once only');
    const lines = servicesFor(folder, {
      input: (async function* () {
        yield '{"a":1}\n{"a":';
      })(),
    });
    await expect(rowsOf(new DefaultDatastore({ data_path: '-' }, lines))).rejects.toThrow(
      /standard input\.jsonl:2: is not JSON/,
    );
  });

  it.each(['jsonl', 'json', 'csv', 'parquet'] as const)('writes %s that it can read again', async (format) => {
    using folder = new TemporaryFolder();
    const store = new DefaultDatastore({ output_data_format: format }, servicesFor(folder));
    const file = folder.at(`out/final_data.${format}`);
    expect(await store.write(rows, { ...target, folder: folder.at('out') })).toEqual({ places: [file], rowCount: 2 });
    expect(folder.list()).toEqual(['out', `out/final_data.${format}`]);
    const again = await rowsOf(new DefaultDatastore({ data_path: 'out' }, servicesFor(folder)));
    expect(again).toEqual(format === 'csv' ? rows.map(({ id, text }) => ({ id: String(id), text })) : rows);
  });

  it.each(['jsonl', 'json', 'csv', 'parquet'] as const)(
    'leaves the earlier %s when the rows fail half way',
    async (format) => {
      using folder = new TemporaryFolder();
      folder.write(`final_data.${format}`, 'as it was');
      const failing = (async function* () {
        yield rows[0] as Row;
        throw new Error('lost');
      })();
      const store = new DefaultDatastore({ output_data_format: format }, servicesFor(folder));
      await expect(store.write(failing, { ...target, folder: folder.path })).rejects.toThrow('lost');
      await expect(store.write(rows, { name: 'x', folder: folder.at(`final_data.${format}`) })).rejects.toSatisfy(
        (error) => DgtError.isInstance(error) && error.code === 'DGT_OUTPUT_UNWRITABLE',
      );
      expect(folder.list()).toEqual([`final_data.${format}`]);
      expect(folder.read(`final_data.${format}`)).toBe('as it was');
    },
  );

  it('refuses a field that csv has no column for', async () => {
    using folder = new TemporaryFolder();
    const store = new DefaultDatastore({ output_data_format: 'csv' }, servicesFor(folder));
    await expect(store.write([{ id: 1, txt: 'x' }], { ...target, folder: folder.path })).rejects.toThrow(
      'row 1 cannot be written: "txt" is no declared field; declared: id, text',
    );
  });
});

describe('the datastore of a module', () => {
  const source = `
    export default async function* ({ count = 2 }) { for (let id = 0; id < count; id++) yield { id, big: 2n ** 60n + 1n, day: new Date(0) }; }
    export const list = () => [{ a: undefined, b: 1 }];
    export function broken() { return (function* () { yield { a: 1 }; throw new Error('no more'); })(); }
    export const wrong = () => [1];
    export const none = () => 7;
    export const infinite = () => [{ a: 1 }, { a: { b: Infinity } }];
    export const number = 7;
  `;

  async function read(config: object, skip = 0): Promise<Row[]> {
    using folder = new TemporaryFolder();
    folder.write('rows.mjs', source);
    return await rowsOf(
      new ModuleDatastore({ type: 'module', module: 'rows.mjs', ...config }, servicesFor(folder)),
      skip,
    );
  }

  it('gives what the function gives, as JSON', async () => {
    const row = { big: '1152921504606846977', day: '1970-01-01T00:00:00.000Z' };
    expect(await read({})).toEqual([
      { id: 0, ...row },
      { id: 1, ...row },
    ]);
    expect(await read({ args: { count: 3 } }, 2)).toEqual([{ id: 2, ...row }]);
    expect(await read({ export: 'list' })).toEqual([{ b: 1 }]);
  });

  it.each([
    ['broken', 'rows.mjs: broken: row 1: threw after it: no more'],
    ['wrong', 'rows.mjs: wrong: row 1: is a number, not an object'],
    ['none', 'rows.mjs: none: returned a number, not rows to iterate over'],
    ['infinite', 'rows.mjs: infinite: row 2: cannot be written as JSON: a.b is Infinity'],
    [
      'lst',
      'rows.mjs exports no function "lst" (did you mean "list"?); it exports: broken, default, infinite, list, none, wrong',
    ],
  ])('says what is wrong with %s', async (name, message) => {
    await expect(read({ export: name })).rejects.toThrow(message);
  });

  it('says which module cannot be imported, and that no rows can be told unchanged', async () => {
    await expect(read({ module: 'none.mjs' })).rejects.toThrow(/module: none\.mjs cannot be imported: /);
    expect(new ModuleDatastore({ module: 'rows.mjs' }).fingerprint).toBeUndefined();
  });
});

describe('several targets', () => {
  const both = { primary: { type: 'default' }, additional: [{ type: 'default', output_data_format: 'parquet' }] };

  it('all get the rows; the first is read from', async () => {
    using folder = new TemporaryFolder();
    const store = new MultiTargetDatastore({ ...both, primary: { type: 'default', data: rows } }, servicesFor(folder));
    const written = await store.write(rows, { ...target, folder: folder.path });
    expect(written).toEqual({ places: [folder.at('final_data.jsonl'), folder.at('final_data.parquet')], rowCount: 2 });
    expect(await rowsOf(new DefaultDatastore({ data_path: 'final_data.parquet' }, servicesFor(folder)))).toEqual(rows);
    expect(await rowsOf(store, 1)).toEqual(rows.slice(1));
    expect(await store.fingerprint()).toBeDefined();
    expect(await store.count()).toBe(2);
  });

  it('are none of them written when one fails', async () => {
    using folder = new TemporaryFolder();
    const store = new MultiTargetDatastore(both, servicesFor(folder));
    const wrong = [...rows, { id: 'three', text: '' }];
    await expect(store.write(wrong, { ...target, folder: folder.path })).rejects.toThrow('row 3 cannot be written');
    expect(folder.list()).toEqual([]);
  });

  it('may be of a type that is unknown: an error', async () => {
    using folder = new TemporaryFolder();
    const store = new MultiTargetDatastore({ primary: { type: 'defalt' } }, servicesFor(folder));
    await expect(rowsOf(store)).rejects.toThrow('unknown datastore "defalt" (did you mean "default"?)');
  });
});

describe('readers of the same items', () => {
  it('each get all of them, in step', async () => {
    let taken = 0;
    const items = (function* () {
      for (; taken < 3; taken++) yield taken;
    })();
    const [slow, fast] = broadcast<number>(items, 2) as [Copy<number>, Copy<number>];
    const fastSeen: number[] = [];
    const running = (async () => {
      for await (const item of fast) fastSeen.push(item);
    })();
    const slowSeen: number[] = [];
    for await (const item of slow) {
      slowSeen.push(item);
      expect(taken).toBe(item);
    }
    await running;
    expect([slowSeen, fastSeen]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it('go on when one of them has enough', async () => {
    const [first, second] = broadcast([1, 2, 3], 2) as [Copy<number>, Copy<number>];
    first.leave();
    first.leave();
    const seen: number[] = [];
    for await (const item of second) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('a dataset that is written in parts', () => {
  it('has every row in one part, rows of one key together, and is read again by part', async () => {
    using folder = new TemporaryFolder();
    const rows = Array.from({ length: 300 }, (_, line) => ({ line, document: line % 60 }));
    const store = new DefaultDatastore({ split: { test: 0.2, validation: 0.1, by: 'document' } });
    const { places, rowCount } = await store.write(rows, { folder: folder.path, name: 'final_data' });
    expect(places.map((place) => place.slice(folder.path.length))).toEqual([
      '/final_data/train.jsonl',
      '/final_data/validation.jsonl',
      '/final_data/test.jsonl',
    ]);
    expect(rowCount).toBe(300);
    const read = async (data_split: string) => {
      const part: Row[] = [];
      const source = new DefaultDatastore({ data_path: `${folder.path}/final_data`, data_split });
      for await (const row of source.read()) part.push(row);
      return part;
    };
    const parts = await Promise.all(['train', 'validation', 'test'].map(read));
    expect(
      parts
        .flat()
        .map(({ line }) => line)
        .toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual(rows.map(({ line }) => line));
    const documents = parts.map((part) => new Set(part.map(({ document }) => document)));
    expect(documents.reduce((sum, { size }) => sum + size, 0)).toBe(60);
    expect(documents.every(({ size }) => size > 0)).toBe(true);
  });
});

describe('the datastore of DataTrove', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  const made = (columns: Row, result: Row = { text: 'Blue.', finish_reason: 'stop', usage }): Row => ({
    task_name: 'synth',
    is_seed: false,
    ...columns,
    rollout_results: [result],
  });
  const write = async (folder: TemporaryFolder, given: Row[], name = 'final_data') => {
    const config = { text: 'question', dataset: 'me/sky', to: { type: 'default', output_data_format: 'parquet' } };
    const store = new DataTroveDatastore(config, servicesFor(folder));
    const { places } = await store.write(given, { folder: folder.path, name });
    return rowsOf(new DefaultDatastore({ data_path: places[0] as string }, servicesFor(folder)));
  };

  it('calls the prompt text, names the row and what it is from, and keeps all other columns', async () => {
    using folder = new TemporaryFolder();
    const [row = {}] = await write(folder, [made({ level: 2, question: 'What color is the sky?' })]);
    expect(Object.keys(row)).toEqual(['text', 'id', 'level', 'dataset', 'rollout_results']);
    expect(row).toEqual({
      text: 'What color is the sky?',
      id: expect.stringMatching(/^me\/sky\/[0-9a-f]{16}$/),
      level: 2,
      dataset: 'me/sky',
      rollout_results: [
        {
          text: 'Blue.',
          finish_reason: 'stop',
          usage: { ...usage, total_tokens: 5, cached_tokens: null, reasoning_tokens: null },
          reasoning: null,
        },
      ],
    });
  });

  it('keeps an id, a dataset and another text that the input has', async () => {
    using folder = new TemporaryFolder();
    const [row] = await write(folder, [made({ id: 7, text: 'the page', question: 'Why?', dataset: 'web' })]);
    expect(row).toMatchObject({ id: 7, text: 'the page', question: 'Why?', dataset: 'web' });
  });

  it('names a row by what it holds, wherever it stands', async () => {
    using folder = new TemporaryFolder();
    const [a, b] = await write(folder, [made({ question: 'a' }), made({ question: 'b' })]);
    const [, again] = await write(folder, [made({ question: 'x' }), made({ question: 'b' })]);
    expect(again?.['id']).toBe(b?.['id']);
    expect(a?.['id']).not.toBe(b?.['id']);
  });

  it('writes the same columns whether or not the first rows have them', async () => {
    using folder = new TemporaryFolder();
    const plain = await write(folder, [made({ question: 'a' }, { text: 'no usage' })], 'plain');
    const rich = { text: 'b', finish_reason: 'length', usage: { ...usage, cached_tokens: 1 }, reasoning: 'hm' };
    const [first, second] = await write(folder, [
      made({ question: 'a' }, { text: 'c' }),
      made({ question: 'b' }, rich),
    ]);
    expect(plain[0]).toMatchObject({ rollout_results: [{ text: 'no usage', reasoning: null }] });
    expect(first).toMatchObject({ rollout_results: [{ text: 'c', finish_reason: null }] });
    expect(second).toMatchObject({
      rollout_results: [{ reasoning: 'hm', usage: { total_tokens: 5, cached_tokens: 1 } }],
    });
  });
});
