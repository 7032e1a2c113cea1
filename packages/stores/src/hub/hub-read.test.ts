import { DgtError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { HubPlace, numberRows, toLines, toParquet } from '../__fixtures__/hub-place.js';

const rows = { data_path: 'hf://datasets/ada/rows' };

describe('a dataset of a hub', () => {
  it('is read by its splits, from any place on, and leaves nothing on the disk', async () => {
    await using place = await HubPlace.open();
    place.hub.pageSize = 2;
    place.hub.put('ada/rows', {
      'README.md': '# Rows\n',
      'data/train-00000-of-00002.parquet': await toParquet(numberRows(0, 3)),
      'data/train-00001-of-00002.parquet': await toParquet(numberRows(3, 2)),
      'data/test-00000-of-00001.parquet': await toParquet(numberRows(9, 1)),
    });
    for (let skip = 0; skip <= 6; skip++) expect(await place.read(rows, skip)).toEqual(numberRows(0, 5).slice(skip));
    expect(await place.read({ ...rows, data_split: 'test' })).toEqual(numberRows(9, 1));
    expect(await place.source(rows).count()).toBe(5);
    await expect(place.read({ ...rows, data_split: 'tests' })).rejects.toThrow(
      'datastore "default": nothing to read in the split "tests" of hf://datasets/ada/rows; it has the splits: test, train',
    );
    expect(place.folder.list()).toEqual([]);
  });

  it('gives the configuration that is asked for, as its README declares it', async () => {
    await using place = await HubPlace.open();
    const readme = `---
license: mit
configs:
  - config_name: en
    data_files:
      - { split: train, path: "en/*.jsonl" }
      - { split: held_out, path: [more/a.jsonl, "more/b-*.jsonl"] }
  - config_name: de
    data_files: de.jsonl
  - config_name: whole
    data_dir: de-more
---
# Rows
`;
    place.hub.put('ada/rows', {
      'README.md': readme,
      'en/0.jsonl': toLines([{ id: 0 }]),
      'en/1.jsonl': toLines([{ id: 1 }]),
      'more/a.jsonl': toLines([{ id: 2 }]),
      'more/b-1.jsonl': toLines([{ id: 3 }]),
      'more/c.jsonl': toLines([{ id: 4 }]),
      'de.jsonl': toLines([{ id: 5 }]),
      'de-more/test.jsonl': toLines([{ id: 6 }]),
    });
    const read = async (config: object) => (await place.read({ ...rows, ...config })).map(({ id }) => id);
    expect(await read({ data_config: 'en' })).toEqual([0, 1]);
    expect(await read({ data_config: 'en', data_split: 'held_out' })).toEqual([2, 3]);
    expect(await read({ data_config: 'de' })).toEqual([5]);
    expect(await read({ data_config: 'whole', data_split: 'test' })).toEqual([6]);
    await expect(read({})).rejects.toThrow('it has several configs; name one with data_config: en, de, whole');
    await expect(read({ data_config: 'eng' })).rejects.toThrow(
      'the config "eng" of hf://datasets/ada/rows; it has the configs: en, de, whole (did you mean "en"?)',
    );
    place.hub.put('ada/rows', { 'README.md': readme.replace('config_name: de', 'config_name: default') });
    expect(await read({})).toEqual([5]);
    place.hub.put('ada/rows', { 'README.md': readme.replace('config_name: en', 'name: en') });
    await expect(read({})).rejects.toThrow('hf://datasets/ada/rows/README.md: configs: ');
  });

  it('gives the configuration that a folder is named after', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', {
      'en/train-00000-of-00001.jsonl': toLines([{ id: 1 }]),
      'en/test-00000-of-00001.jsonl': toLines([{ id: 2 }]),
      'de/train-00000-of-00001.jsonl': toLines([{ id: 3 }]),
    });
    expect(await place.read({ ...rows, data_config: 'en' })).toEqual([{ id: 1 }]);
    expect(await place.read({ ...rows, data_config: 'en', data_split: 'test' })).toEqual([{ id: 2 }]);
    await expect(place.read({ ...rows, data_config: 'fr' })).rejects.toThrow('it has the folders: de, en');
  });

  it('is read by file, folder and pattern, of any revision', async () => {
    await using place = await HubPlace.open();
    const first = place.hub.put('ada/rows', {
      'a b#1.csv': 'id\n1\n',
      'part/x-2.csv': 'id\n3\n',
      'part/x-10.csv': 'id\n4\n',
      'part/deep/y.tsv': 'id\n5\n',
      'part/.hidden.csv': 'id\n6\n',
    });
    place.hub.put('ada/rows', { 'a b#1.csv': 'id\n2\n' });
    const read = async (...paths: string[]) => {
      const data_path = paths.map((path) => `hf://datasets/ada/rows${path}`);
      return (await place.read({ data_path })).map(({ id }) => id).join();
    };
    expect(await read('/a b#1.csv', '/part')).toBe('2,5,3,4');
    expect(await read(`@${first}/a b#1.csv`, '@main/part/x-{2,9}.csv')).toBe('1,3');
    expect(await read('/part/**/*.?sv', '/part/x-2.csv')).toBe('5,3,4');
    await expect(read('/none')).rejects.toThrow('hf://datasets/ada/rows/none: cannot be read (it does not exist)');
    await expect(read('/part/*.parquet')).rejects.toThrow('nothing to read in hf://datasets/ada/rows/part/*.parquet');
    await expect(read('@v2')).rejects.toThrow('hf://datasets/ada/rows@v2: cannot be read');
    await expect(place.read({ data_path: 'hf://ada/rows' })).rejects.toThrow(
      'hf://ada/rows: cannot be read (a path of a hub is hf://datasets/owner/name',
    );
  });

  it('stands among files of this machine, and keeps its errors', async () => {
    await using place = await HubPlace.open();
    place.folder.write('first.jsonl', toLines([{ id: 1 }]));
    place.hub.put('ada/rows', { 'more.jsonl': '{"id":2}\nnope\n' });
    const data_path = ['first.jsonl', 'hf://datasets/ada/rows/more.jsonl'];
    await expect(place.read({ data_path })).rejects.toThrow('hf://datasets/ada/rows/more.jsonl:2: is not JSON');
  });

  it('is one commit for the whole of a run, and has another fingerprint after the next', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', { 'a.jsonl': toLines([{ id: 1 }]) });
    const store = place.source(rows);
    const before = await store.fingerprint();
    const commit = place.hub.put('ada/rows', { 'a.jsonl': toLines([{ id: 2 }]) });
    expect(await store.fingerprint()).toEqual(before);
    const read: unknown[] = [];
    for await (const row of store.read()) read.push(row);
    expect(read).toEqual([{ id: 1 }]);
    expect(await place.source(rows).fingerprint()).toMatchObject({ files: [[`${rows.data_path}/a.jsonl`, commit]] });
  });

  it('streams large files in pieces, and skips row groups without reading them', async () => {
    await using place = await HubPlace.open();
    const many = Array.from({ length: 10 }, (_, id) => ({ id, text: 'x'.repeat(1 << 20) }));
    place.hub.put('ada/rows', { 'a.jsonl': toLines(many), 'b.parquet': await toParquet(numberRows(0, 25_000)) });
    expect(await place.read({ data_path: `${rows.data_path}/a.jsonl` })).toEqual(many);
    const ranges = place.hub.requests.filter((request) => request.includes('a.jsonl bytes='));
    expect(ranges.map((request) => request.replace(/.*bytes=/, ''))).toEqual(['0-8388607', '8388608-10485949']);
    expect(await place.read({ data_path: `${rows.data_path}/b.parquet` }, 24_998)).toEqual(numberRows(24_998, 2));
  });
});

describe('a hub that fails', () => {
  it('is asked again, as late as it says, and a torn answer is read again', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', { 'a.parquet': await toParquet(numberRows(0, 3)), 'b.jsonl': toLines(numberRows(3, 2)) });
    place.hub.faults.push(
      { when: /revision/, status: 429, headers: { 'retry-after': '77' } },
      { when: /tree/, status: 429, headers: { ratelimit: '"api";r=0;t=44' } },
      { when: /tree/, torn: true },
      { when: /cdn/, torn: true },
      { when: /resolve.*jsonl/, status: 503, times: 2 },
    );
    expect(await place.read(rows)).toEqual(numberRows(0, 5));
    expect(place.hub.faults).toEqual([]);
    const { sleeps } = place.clock;
    expect(sleeps.slice(0, 2)).toEqual([77_000, 44_000]);
    expect(sleeps).toHaveLength(6);
  });

  it('is no longer asked when the reading ends', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', { 'b.jsonl': '{}\n' });
    place.hub.faults.push({ when: /resolve/, status: 500, times: 99 });
    const ending = new AbortController();
    place.clock.sleep = async (_milliseconds, signal) => {
      ending.abort(new Error('enough'));
      signal?.throwIfAborted();
    };
    const reading = async () => {
      for await (const row of place.source(rows).read({ signal: ending.signal })) expect(row).toBeUndefined();
    };
    await expect(reading()).rejects.toThrow('enough');
    expect(place.hub.count(/resolve/)).toBe(1);
  });

  it('ends the run, to be gone on with, when it stays away', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', { 'b.jsonl': '{}\n' });
    place.hub.faults.push({ when: /resolve/, status: 500, times: 99, error: 'down for repair' });
    await expect(place.read(rows)).rejects.toSatisfy(
      (error) =>
        DgtError.isInstance(error) &&
        error.code === 'DGT_HUB_UNAVAILABLE' &&
        error.message.includes('hf://datasets/ada/rows/b.jsonl') &&
        error.message.includes('status 500: down for repair'),
    );
    expect(place.clock.now()).toBeGreaterThan(240_000);
    const nowhere = place.source(rows, { HF_ENDPOINT: 'http://127.0.0.1:9' });
    await expect(nowhere.fingerprint()).rejects.toThrow(
      /127\.0\.0\.1:9 does not answer as it should \(.*asked 15 times/,
    );
  });
});

describe('the token of a hub', () => {
  const refused = (message: string) => (error: unknown) =>
    DgtError.isInstance(error) && error.code === 'DGT_HUB_REFUSED' && error.message.includes(message);

  it('is that of the environment or the one that is saved, is kept secret, and goes nowhere but to the hub', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', { 'a.parquet': await toParquet(numberRows(0, 3)) }, { isPrivate: true });
    const { token } = place.hub;
    place.folder.write('.cache/huggingface/token', `${token}\n`);
    place.folder.write('home/token', token);
    place.folder.write('own', token);
    const home = place.folder.at('home');
    for (const environment of [{ HF_TOKEN: token }, {}, { HF_HOME: home }, { HF_TOKEN_PATH: place.folder.at('own') }]) {
      const store = place.source(rows, environment as Record<string, string>);
      let count = 0;
      for await (const _row of store.read()) count++;
      expect(count).toBe(3);
    }
    expect(place.hub.count(/cdn/)).toBeGreaterThan(0);
    expect(new Set(place.secrets)).toEqual(new Set([token]));
  });

  it('is named when there is none, when it is wrong, and when it cannot be one', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/rows', { 'a.jsonl': '{}\n' }, { isPrivate: true });
    const read = (environment: Record<string, string>) => place.source(rows, environment).fingerprint();
    await expect(read({})).rejects.toSatisfy(refused('HF_TOKEN is not set, nor a token saved'));
    await expect(read({ HF_TOKEN: 'hf_wrong' })).rejects.toSatisfy(
      refused('status 401: Invalid credentials in Authorization header; asked with the token of HF_TOKEN'),
    );
    await expect(read({ HF_TOKEN: 'sk-1' })).rejects.toSatisfy(refused('HF_TOKEN holds no token of a hub'));
    expect(place.secrets).toEqual(['hf_wrong', 'sk-1']);
    expect(place.hub.requests).toHaveLength(2);
  });
});
