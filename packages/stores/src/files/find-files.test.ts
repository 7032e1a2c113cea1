import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../__fixtures__/temporary-folder.js';
import { findFiles, type FileSearch } from './find-files.js';
import { compareNaturally } from './natural-order.js';

async function find(folder: TemporaryFolder, paths: string[], options: Partial<FileSearch> = {}): Promise<string[]> {
  const search = { where: 'datastore "default"', paths, baseFolder: folder.path, environment: {}, ...options };
  return (await findFiles(search)).map(({ name }) => name);
}

function folderOf(...names: string[]): TemporaryFolder {
  const folder = new TemporaryFolder();
  for (const name of names) folder.write(name, 'x');
  return folder;
}

describe('finding files', () => {
  it('takes files, folders and patterns in the order in which they are named, each file once', async () => {
    using folder = folderOf('b.jsonl', 'a.jsonl', 'more/2.csv', 'more/10.csv', 'more/deep/1.json', 'x.bin');
    expect(await find(folder, ['b.jsonl', 'more', '*.jsonl'])).toEqual([
      'b.jsonl',
      'more/2.csv',
      'more/10.csv',
      'more/deep/1.json',
      'a.jsonl',
    ]);
    expect(await find(folder, ['more/{2,10}.csv'])).toEqual(['more/2.csv', 'more/10.csv']);
    expect(await find(folder, [`${folder.path}/**/*.json`])).toEqual(['more/deep/1.json']);
  });

  it('orders shards by their numbers', async () => {
    using folder = folderOf('part-10.jsonl', 'part-9.jsonl', 'part-1.jsonl');
    expect(await find(folder, ['.'])).toEqual(['part-1.jsonl', 'part-9.jsonl', 'part-10.jsonl']);
  });

  it('orders any names in one and only one way', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', '1', '01', '10', '9', '-', ''), { maxLength: 5 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) + 0);
        expect(compareNaturally(a, b) === 0).toBe(a === b);
        if (compareNaturally(a, b) < 0 && compareNaturally(b, c) < 0) expect(compareNaturally(a, c)).toBeLessThan(0);
      }),
    );
  });

  it('takes only the formats that are asked for from folders and patterns', async () => {
    using folder = folderOf('single.json', 'single.jsonl', 'single.csv', 'single.txt', 'more.jsonl');
    expect(await find(folder, ['single.*'], { formats: ['json', 'jsonl'] })).toEqual(['single.json', 'single.jsonl']);
    expect(await find(folder, ['.'], { formats: ['txt'] })).toEqual(['single.txt']);
  });

  it('takes no notes, hidden files and descriptions for rows', async () => {
    using folder = folderOf('README.md', 'notes.txt', 'dataset_info.json', '.cache/a.jsonl', 'a.jsonl');
    expect(await find(folder, ['.'])).toEqual(['a.jsonl']);
    using texts = folderOf('README.md', 'one.txt', 'two.md');
    expect(await find(texts, ['.'])).toEqual(['one.txt', 'two.md']);
  });

  it('takes the dataset of a folder that a run has written, and none of its records', async () => {
    const records = ['data.jsonl', 'rejected.jsonl', 'events.jsonl', 'stats.json', 'formatted_data.jsonl', 'ledger.db'];
    const parts = ['shards/1-of-2/data.jsonl', 'shards/1-of-2/ledger.db'];
    using folder = folderOf(...[...records, ...parts].map((name) => `out/${name}`), 'a.jsonl', 'data.jsonl');
    for (const name of ['final_data-00000.parquet', 'final_data-00001.parquet']) folder.write(`out/${name}`, 'x');
    const chunks = ['out/final_data-00000.parquet', 'out/final_data-00001.parquet'];
    expect(await find(folder, ['out'])).toEqual(chunks);
    expect(await find(folder, ['.'])).toEqual(['a.jsonl', 'data.jsonl', ...chunks]);
    expect(await find(folder, ['out/data.jsonl'])).toEqual(['out/data.jsonl']);
  });

  it('puts environment variables in, and says which one is missing', async () => {
    using folder = folderOf('data/a.jsonl');
    const environment = { DATA: 'data', NAME: 'a' };
    expect(await find(folder, ['$DATA/${NAME}.jsonl'], { environment })).toEqual(['data/a.jsonl']);
    await expect(find(folder, ['${NONE}/a.jsonl'], { environment })).rejects.toThrow(
      'datastore "default": ${NONE}/a.jsonl: the environment variable NONE is not set',
    );
  });

  it('says what was looked for when nothing is there', async () => {
    using folder = folderOf('data/a.bin', 'data/b.jsonl');
    await expect(find(folder, ['data/c.jsonl'])).rejects.toThrow('data/c.jsonl: cannot be read (it does not exist)');
    await expect(find(folder, ['data/*.json'])).rejects.toThrow(
      'datastore "default": nothing to read in data/*.json (no file at all)',
    );
    await expect(find(folder, ['data'], { formats: ['csv'] })).rejects.toThrow(
      'datastore "default": nothing to read in data (2 files, none that ends in csv)',
    );
    await expect(find(folder, ['data/a.bin'])).rejects.toThrow('"bin" is no known ending');
  });
});

describe('a dataset folder', () => {
  const layouts: [string, string[]][] = [
    [
      'shards under data/',
      ['data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet', 'data/test-00000-of-00001.parquet'],
    ],
    ['a file per split', ['train.jsonl', 'test.jsonl', 'validation.jsonl']],
    ['a folder per split', ['train/part-0.csv', 'train/part-1.csv', 'test/part-0.csv']],
  ];

  it.each(layouts)('gives the split train unless another is named: %s', async (_layout, names) => {
    using folder = folderOf('README.md', 'dataset_infos.json', ...names);
    const of = (split: string) => names.filter((name) => name.includes(split)).sort();
    expect(await find(folder, ['.'])).toEqual(of('train'));
    expect(await find(folder, ['.'], { split: 'test' })).toEqual(of('test'));
    await expect(find(folder, ['.'], { split: 'tests' })).rejects.toThrow(
      /nothing to read in the split "tests" of \.; it has the splits: test, train.* \(did you mean "test"\?\)/,
    );
  });

  it('finds a split by a name of its own', async () => {
    using folder = folderOf('en-00000-of-00001.parquet', 'de-00000-of-00001.parquet');
    expect(await find(folder, ['.'], { split: 'de' })).toEqual(['de-00000-of-00001.parquet']);
    expect(await find(folder, ['.'])).toHaveLength(2);
  });

  it('is taken whole when its files are of no split', async () => {
    using folder = folderOf('part-0.jsonl', 'trainers.jsonl');
    expect(await find(folder, ['.'])).toEqual(['part-0.jsonl', 'trainers.jsonl']);
  });
});
