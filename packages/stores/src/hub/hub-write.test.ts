import { DgtError, type PageSurroundings } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { HubPlace, numberRows } from '../__fixtures__/hub-place.js';

const config = { path: 'hf://datasets/ada/made/data' };
const commits = /^POST .*\/commit\//;

describe('a target on a hub', () => {
  it('makes a private dataset, and uploads chunks and whole files under names that a viewer knows', async () => {
    await using place = await HubPlace.open();
    const store = place.target(config);
    const { places, rowCount } = await place.write(store, numberRows(0, 2), 'final_data-00000');
    expect([places, rowCount]).toEqual([
      [place.folder.at('final_data-00000.parquet'), 'hf://datasets/ada/made/data/train-00000.parquet'],
      2,
    ]);
    await place.write(store, numberRows(2, 1), 'final_data-00001');
    expect(await place.read({ data_path: 'hf://datasets/ada/made' })).toEqual(numberRows(0, 3));
    expect(place.hub.isPrivate('ada/made')).toBe(true);
    await place.write(place.target({ ...config, data_split: 'test' }), numberRows(9, 1));
    await place.write(store, numberRows(8, 1), 'formatted_data');
    expect(Object.keys(place.hub.files('ada/made') ?? {})).toEqual([
      'data/train-00000.parquet',
      'data/train-00001.parquet',
      'data/test-00000-of-00001.parquet',
      'data/formatted_data.parquet',
    ]);
    expect(await place.read({ data_path: 'hf://datasets/ada/made', data_split: 'test' })).toEqual(numberRows(9, 1));
    await place.write(place.target({ path: 'hf://datasets/ada/open', private: false }), numberRows(0, 1));
    expect(place.hub.isPrivate('ada/open')).toBe(false);
    expect(Object.keys(place.hub.files('ada/open') ?? {})).toEqual(['train-00000-of-00001.parquet']);
    expect(place.hub.count(/repos\/create/)).toBe(2);
  });

  it('is not sent again what it holds already, and gets what has changed', async () => {
    await using place = await HubPlace.open();
    await place.write(place.target(config), numberRows(0, 2));
    await place.write(place.target(config), numberRows(0, 2));
    expect(place.hub.count(commits)).toBe(1);
    await place.write(place.target(config), numberRows(0, 3));
    expect(place.hub.count(commits)).toBe(2);
    expect(await place.read({ data_path: config.path })).toEqual(numberRows(0, 3));
  });

  it('is written to in spite of other writers, rests and lost answers, once', async () => {
    await using place = await HubPlace.open();
    place.hub.faults.push(
      { when: commits, status: 412, error: 'A commit has happened since. Please refresh and try again.' },
      { when: commits, status: 429, headers: { 'retry-after': '90' } },
      { when: commits, status: 503 },
      { when: commits, lost: true },
      { when: /preupload/, status: 500 },
      { when: /batch/, torn: true },
      { when: /^PUT/, status: 503 },
    );
    await place.write(place.target(config), numberRows(0, 2));
    expect(place.hub.faults).toEqual([]);
    expect(place.clock.sleeps).toContain(90_000);
    expect(place.hub.count(commits)).toBe(4);
    expect(await place.read({ data_path: config.path })).toEqual(numberRows(0, 2));
  });

  it('that another process makes at the same time is no hindrance', async () => {
    await using place = await HubPlace.open();
    place.hub.put('ada/made', {});
    place.hub.faults.push({ when: /revision/, status: 404 });
    await place.write(place.target(config), numberRows(0, 2));
    expect(place.hub.count(/repos\/create/)).toBe(1);
    expect(place.hub.isPrivate('ada/made')).toBe(false);
  });

  it.each([
    ['no token', {}, 'HF_TOKEN is not set, nor a token saved; uploading needs one that may write'],
    ['a wrong token', { HF_TOKEN: 'hf_wrong' }, 'status 401: Invalid credentials in Authorization header; asked with'],
  ])('that refuses leaves the file here and says how to go on: %s', async (_what, environment, reason) => {
    await using place = await HubPlace.open();
    const store = place.target(config, environment);
    await expect(place.write(store, numberRows(0, 2))).rejects.toSatisfy(
      (error) =>
        DgtError.isInstance(error) &&
        error.code === 'DGT_HUB_UPLOAD' &&
        error.message.includes(`${place.folder.at('final_data.parquet')} is written, but could not be uploaded`) &&
        error.message.includes(reason) &&
        error.remedy.includes('uploads what is missing'),
    );
    expect(place.folder.list()).toEqual(['final_data.parquet']);
    expect(await place.read({ data_path: 'final_data.parquet' })).toEqual(numberRows(0, 2));
  });

  it('that stays away leaves the file here', async () => {
    await using place = await HubPlace.open();
    place.hub.faults.push({ when: commits, status: 412, times: 99 });
    await expect(place.write(place.target(config), numberRows(0, 2))).rejects.toThrow(
      /could not be uploaded.*status 412/,
    );
    expect(place.folder.list()).toEqual(['final_data.parquet']);
  });

  it('that fails is not asked for hours', async () => {
    await using place = await HubPlace.open();
    place.hub.faults.push({ when: /preupload/, status: 500, times: 999 });
    await expect(place.write(place.target(config), numberRows(0, 2))).rejects.toThrow(
      /could not be uploaded.*status 500/,
    );
    expect(place.clock.now()).toBeLessThan(1_200_000);
  });

  it('has a page that is written after what is there, once, in spite of other writers and lost answers', async () => {
    await using place = await HubPlace.open();
    const store = place.target({ ...config, data_split: 'test' });
    await place.write(store, numberRows(0, 2));
    const [page] = await store.frontPages();
    expect(page).toMatchObject({ dataset: 'ada/made', revision: undefined, folder: 'data', split: 'test' });
    expect(page?.pathOf('final_data-00003')).toBe('data/test-00003.parquet');
    const seen: PageSurroundings[] = [];
    const rewrite = (text: string | undefined) =>
      page?.rewrite((there) => {
        seen.push(there);
        return text;
      });
    place.hub.faults.push(
      { when: commits, status: 503 },
      { when: commits, act: () => place.hub.put('ada/made', { 'README.md': 'of another' }) },
      { when: commits, lost: true },
    );
    expect(await rewrite('ours')).toBe('unchanged');
    expect(seen.map(({ page: before }) => before)).toEqual([undefined, 'of another', 'ours']);
    expect(seen[0]?.files).toEqual(['data/test-00000-of-00001.parquet']);
    expect([await rewrite('ours'), await rewrite(undefined), await rewrite('new')]).toEqual([
      'unchanged',
      'left',
      'written',
    ]);
    expect(place.hub.files('ada/made')?.['README.md']?.toString()).toBe('new');
    const over = AbortSignal.abort(new Error('over'));
    await expect(page?.rewrite(() => 'late', { signal: over })).rejects.toThrow('over');
  });

  it('has a path of a hub', async () => {
    await using place = await HubPlace.open();
    expect(() => place.target({ type: 'hub', path: 'ada/made' })).toThrow(
      'path: "ada/made" is not hf://datasets/owner/name',
    );
  });
});
