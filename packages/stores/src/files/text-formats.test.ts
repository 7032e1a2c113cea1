import { DgtError, type Row } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { collect, TemporaryFolder } from '../__fixtures__/temporary-folder.js';
import { readFileRows, type FileFormat } from './file-format.js';
import { defaultReadOptions, type CsvOptions } from './read-options.js';

interface Options {
  csv?: Partial<CsvOptions>;
  encoding?: string;
  skip?: number;
}

/** The rows of a file with this content, whose name in errors is `rows.FORMAT`. */
async function read(format: FileFormat, content: string | Uint8Array, options: Options = {}): Promise<Row[]> {
  using folder = new TemporaryFolder();
  const file = folder.write(`rows.${format}`, content);
  const defaults = defaultReadOptions();
  return await collect(
    readFileRows(file, {
      ...defaults,
      ...options,
      csv: { ...defaults.csv, ...options.csv },
      skip: { remaining: options.skip ?? 0 },
      name: `rows.${format}`,
      format,
    }),
  );
}

describe('jsonl', () => {
  it('is read with a byte order mark, CRLF, empty lines and no end of the last line', async () => {
    expect(await read('jsonl', '\uFEFF{"a":1}\r\n\r\n  \n{"a":"x\u2028y"}')).toEqual([{ a: 1 }, { a: 'x\u2028y' }]);
  });

  it('keeps every digit and every text', async () => {
    const line = '{"id":"001","big":12345678901234567890,"neg":-9007199254740993,"e":1e400,"list":[9007199254740993],';
    expect(
      await read('jsonl', `${line}"day":"2024-01-31","text":"12345678901234567890 \\" 9007199254740993"}\n`),
    ).toEqual([
      {
        id: '001',
        big: '12345678901234567890',
        neg: '-9007199254740993',
        e: '1e400',
        list: ['9007199254740993'],
        day: '2024-01-31',
        text: '12345678901234567890 " 9007199254740993',
      },
    ]);
    expect(await read('jsonl', '{"a":9007199254740992,"b":0.1234567890123456789,"c":1e21}')).toEqual([
      { a: 2 ** 53, b: 0.12345678901234568, c: 1e21 },
    ]);
  });

  it('keeps a key called __proto__ as data', async () => {
    const [row = {}] = await read('jsonl', '{"__proto__":{"a":1}}');
    expect(Object.keys(row)).toEqual(['__proto__']);
  });

  it.each([
    [
      'a torn last line',
      '{"a":1}\n{"a":',
      /^rows\.jsonl:2: is not JSON: .* \(the file ends inside of this line: it was cut off\)$/,
    ],
    ['a broken line in the middle', '{"a":1}\nnope\n{"a":2}\n', /^rows\.jsonl:2: is not JSON: (?!.*cut off)/],
    ['a line that is no object', '{"a":1}\n\n[1,2]\n', /^rows\.jsonl:3: expected an object, got a list of 2: \[1,2\]$/],
    ['null', 'null', /^rows\.jsonl:1: expected an object, got null: null$/],
  ])('names file and line of %s', async (_what, content, message) => {
    await expect(read('jsonl', content)).rejects.toThrow(message);
    await expect(read('jsonl', content)).rejects.toSatisfy(DgtError.isInstance);
  });

  it('names the line of bytes that are not its encoding, and reads them in theirs', async () => {
    const latin = Buffer.concat([Buffer.from('{"a":1}\n{"a":"caf'), Buffer.from([0xe9]), Buffer.from('"}\n')]);
    await expect(read('jsonl', latin)).rejects.toThrow('rows.jsonl:2: holds bytes that are not utf-8');
    expect(await read('jsonl', latin, { encoding: 'latin1' })).toEqual([{ a: 1 }, { a: 'café' }]);
    const cut = Buffer.from('{"a":"é').subarray(0, -1);
    await expect(read('jsonl', cut)).rejects.toThrow(/rows\.jsonl:1: /);
  });

  it('leaves out rows without looking at them', async () => {
    expect(await read('jsonl', 'nope\n\n{"a":1}\n{"a":2}\n', { skip: 2 })).toEqual([{ a: 2 }]);
    expect(await read('jsonl', '{"a":1}\n', { skip: 5 })).toEqual([]);
  });

  it('is read as it comes, and let go when nobody wants more', async () => {
    using folder = new TemporaryFolder();
    const file = folder.write('big.jsonl', `${'{"a":1}\n'.repeat(300_000)}nope`);
    const seen: Row[] = [];
    for await (const row of readFileRows(file, { ...defaultReadOptions(), format: 'jsonl' })) {
      seen.push(row);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
  });

  it('stops when it is told to', async () => {
    using folder = new TemporaryFolder();
    const file = folder.write('rows.jsonl', '{"a":1}\n');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(collect(readFileRows(file, { ...defaultReadOptions(), format: 'jsonl', signal }))).rejects.toThrow(
      'enough',
    );
  });
});

describe('json and yaml', () => {
  it('are a list of objects, or one object', async () => {
    expect(await read('json', '[{"id":"001"},{"id":"002"}]')).toEqual([{ id: '001' }, { id: '002' }]);
    expect(await read('json', '{"id":"001"}')).toEqual([{ id: '001' }]);
    expect(await read('yaml', '- id: "001"\n- id: 2')).toEqual([{ id: '001' }, { id: 2 }]);
    expect(await read('yml', 'id: x', { skip: 1 })).toEqual([]);
  });

  it('keep digits, and guess no dates and no truth values', async () => {
    expect(await read('yaml', 'day: 2024-01-31\nanswer: no\nbig: 12345678901234567890\nid: 0012')).toEqual([
      { day: '2024-01-31', answer: 'no', big: '12345678901234567890', id: 12 },
    ]);
    expect(await read('json', '[{"big":12345678901234567890}]')).toEqual([{ big: '12345678901234567890' }]);
  });

  it('name the item that is no row, and what cannot be read', async () => {
    await expect(read('json', '[{"a":1},2]')).rejects.toThrow('rows.json: item 2: expected an object, got a number');
    await expect(read('json', '{"a":')).rejects.toThrow('rows.json: is not JSON');
    await expect(read('yaml', 'a: [1')).rejects.toThrow(/rows\.yaml: is not YAML: .*line 1/);
    await expect(read('yaml', 'text')).rejects.toThrow('rows.yaml: expected an object, got a string');
  });
});

describe('csv', () => {
  it('has text in every field: ids, dates and numbers as they are written', async () => {
    expect(await read('csv', '\uFEFFid,day,n\r\n001,2024-01-31,1.50\r\n')).toEqual([
      { id: '001', day: '2024-01-31', n: '1.50' },
    ]);
  });

  it('has quoted values with line breaks, quotes and delimiters, and line ends of several kinds', async () => {
    expect(await read('csv', 'a,b\n"x\ny","say ""hi"", ok"\r\n1,2\n')).toEqual([
      { a: 'x\ny', b: 'say "hi", ok' },
      { a: '1', b: '2' },
    ]);
  });

  it('without a header has columns c0, c1 and so on, and spaces stay unless they are told to go', async () => {
    const content = 'id, content\n1, "This is sample content 1"\n';
    const second = content.slice(content.indexOf('\n') + 1);
    expect(await read('csv', second, { csv: { hasHeader: false } })).toEqual([
      { c0: '1', c1: ' "This is sample content 1"' },
    ]);
    expect(await read('csv', content, { csv: { skipInitialSpace: true } })).toEqual([
      { id: '1', content: 'This is sample content 1' },
    ]);
  });

  it('takes another delimiter and quote; a .tsv file has tabs', async () => {
    expect(await read('csv', "a;b\n'x;y';2\n", { csv: { delimiter: ';', quote: "'" } })).toEqual([
      { a: 'x;y', b: '2' },
    ]);
    expect(await read('tsv', 'a\tb\n1\t2, 3\n')).toEqual([{ a: '1', b: '2, 3' }]);
  });

  it.each([
    ['too few values', 'a,b\n1,2\n3\n', 'rows.csv:3: expected 2 values, got 1'],
    ['too many values', 'a,b\n1,2,3\n', 'rows.csv:2: expected 2 values, got 3'],
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', /^rows\.csv:\d: is not CSV: .*quot/i],
    ['two columns of one name', 'a,b,a\n1,2,3\n', 'rows.csv:1: two columns are called "a"'],
  ])('names file and line of %s', async (_what, content, message) => {
    await expect(read('csv', content)).rejects.toThrow(message);
  });

  it('calls a column without a name by its place, and keeps one called __proto__', async () => {
    const [row = {}] = await read('csv', ',__proto__\n7,x\n');
    expect(Object.entries(row)).toEqual([
      ['c0', '7'],
      ['__proto__', 'x'],
    ]);
  });

  it('leaves out rows, not lines', async () => {
    expect(await read('csv', 'a\n"1\n2"\n3\n', { skip: 1 })).toEqual([{ a: '3' }]);
  });
});

describe('txt and md', () => {
  it('are one row: the text', async () => {
    expect(await read('txt', 'one\ntwo\n')).toEqual([{ text: 'one\ntwo\n' }]);
    expect(await read('md', '# Title\n')).toEqual([{ text: '# Title\n' }]);
  });
});

describe('a file that is not there', () => {
  it('is said to be unreadable', async () => {
    const reading = collect(readFileRows('/nowhere/a.jsonl', { ...defaultReadOptions(), format: 'jsonl' }));
    await expect(reading).rejects.toThrow('/nowhere/a.jsonl: cannot be read (ENOENT)');
    const csv = collect(readFileRows('/nowhere/a.csv', { ...defaultReadOptions(), format: 'csv' }));
    await expect(csv).rejects.toThrow('/nowhere/a.csv: cannot be read (ENOENT)');
  });
});
