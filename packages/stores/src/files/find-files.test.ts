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

  it('knows splits by their other names, and those of a data folder by any', async () => {
    using folder = folderOf('data/dev-00000-of-00001.parquet', 'data/odd_ones-00000-of-00001.parquet');
    expect(await find(folder, ['.'], { split: 'validation' })).toEqual(['data/dev-00000-of-00001.parquet']);
    await expect(find(folder, ['.'])).rejects.toThrow('it has the splits: dev, odd_ones');
  });

  it('has several configurations where its README says so, or a folder for each', async () => {
    using folder = folderOf('en/train.jsonl', 'de/train.jsonl', 'extra/de.jsonl');
    expect(await find(folder, ['.'], { config: 'en' })).toEqual(['en/train.jsonl']);
    folder.write('README.md', '---\nconfigs: [{ config_name: de, data_files: ["de/*", extra/de.*] }]\n---\n');
    expect(await find(folder, ['.'])).toEqual(['de/train.jsonl', 'extra/de.jsonl']);
    await expect(find(folder, ['.'], { config: 'en' })).rejects.toThrow('it has the configs: de');
    folder.write('README.md', '---\n[\n---\n');
    await expect(find(folder, ['.'])).rejects.toThrow('./README.md: the lines between --- are not YAML');
  });
});

describe('a dataset that was saved to disk', () => {
  const state = (files: string[], more: object = {}) =>
    JSON.stringify({ _data_files: files.map((filename) => ({ filename })), _split: 'train', ...more });

  it('gives the files that it names, in its order, without what was cached beside them', async () => {
    using folder = folderOf('dataset_info.json', 'b.arrow', 'a.arrow', 'cache-1.arrow');
    folder.write('state.json', state(['b.arrow', 'a.arrow']));
    expect(await find(folder, ['.'])).toEqual(['b.arrow', 'a.arrow']);
    expect(await find(folder, ['.'], { split: 'train' })).toEqual(['b.arrow', 'a.arrow']);
    await expect(find(folder, ['.'], { split: 'test' })).rejects.toThrow('it has the splits: train');
    await expect(find(folder, ['.'], { config: 'en' })).rejects.toThrow('a saved dataset has no configs');
  });

  it('gives the split of several that is asked for', async () => {
    using folder = folderOf('train/a.arrow', 'rest/b.arrow', 'rest/cache-1.arrow');
    folder.write('dataset_dict.json', '{"splits":["train","rest"]}');
    folder.write('train/state.json', state(['a.arrow']));
    folder.write('rest/state.json', state(['b.arrow']));
    expect(await find(folder, ['.'])).toEqual(['train/a.arrow']);
    expect(await find(folder, ['.'], { split: 'rest' })).toEqual(['rest/b.arrow']);
    await expect(find(folder, ['.'], { split: 'rests' })).rejects.toThrow(
      'it has the splits: train, rest (did you mean "rest"?)',
    );
    expect(await find(folder, ['rest'])).toEqual(['rest/b.arrow']);
  });

  it('with an order of its own, or without a file that it names, is refused', async () => {
    using folder = folderOf('a.arrow', 'indices.arrow');
    folder.write('state.json', state(['a.arrow'], { _indices_data_files: [{ filename: 'indices.arrow' }] }));
    await expect(find(folder, ['.'])).rejects.toThrow(
      './state.json: the dataset was saved with an order of its own (_indices_data_files), which is not followed',
    );
    folder.write('state.json', state(['a.arrow', 'b.arrow']));
    await expect(find(folder, ['.'])).rejects.toThrow('./state.json: names b.arrow, which is not there');
    folder.write('state.json', '[]');
    await expect(find(folder, ['.'])).rejects.toThrow('./state.json: expected an object, got a list of 0');
  });
});
